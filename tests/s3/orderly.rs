//! What S3 promises and a plain directory does not: a condition is checked and its write is done as one, in a bucket that is there,
//! and nobody reads the bytes of one write under the tag of another, which the directory keeps in a file beside them.

use std::path::PathBuf;

use futures_util::TryStreamExt as _;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CopyObjectInput, CopyObjectOutput, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput,
    DeleteObjectsOutput, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput,
    ListObjectsV2Input, ListObjectsV2Output, PutObjectInput, PutObjectOutput, StreamingBlob, UploadPartInput,
    UploadPartOutput,
};
use s3s::{Body, S3, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;
use tokio::sync::RwLock;

#[derive(Debug)]
pub(super) struct Orderly {
    directory: PathBuf,
    files: FileSystem,
    keeps_conditions: bool,
    writing: RwLock<()>,
}

impl Orderly {
    pub(super) fn new(directory: PathBuf, files: FileSystem, keeps_conditions: bool) -> Self {
        Self { directory, files, keeps_conditions, writing: RwLock::new(()) }
    }
}

/// Whoever is refused with the body half sent may meet a broken connection in the answer's place.
async fn whole(body: Option<StreamingBlob>) -> S3Result<StreamingBlob> {
    let pieces: Vec<_> = match body {
        Some(body) => body.try_collect().await.map_err(|_| s3_error!(IncompleteBody))?,
        None => Vec::new(),
    };
    Ok(StreamingBlob::from(Body::from(pieces.concat())))
}

macro_rules! as_the_files_do {
    ($($lock:ident $operation:ident $input:ty => $output:ty;)+) => {
        #[async_trait::async_trait]
        impl S3 for Orderly {
            $(async fn $operation(&self, request: S3Request<$input>) -> S3Result<S3Response<$output>> {
                let _in_order = self.writing.$lock().await;
                self.files.$operation(request).await
            })+

            async fn put_object(
                &self,
                mut request: S3Request<PutObjectInput>,
            ) -> S3Result<S3Response<PutObjectOutput>> {
                if !self.directory.join(&request.input.bucket).is_dir() {
                    return Err(s3_error!(NoSuchBucket));
                }
                if !self.keeps_conditions {
                    request.input.if_none_match = None;
                    request.input.if_match = None;
                }
                request.input.body = Some(whole(request.input.body.take()).await?);
                let _in_order = self.writing.write().await;
                self.files.put_object(request).await
            }
        }
    };
}

as_the_files_do! {
    read abort_multipart_upload AbortMultipartUploadInput => AbortMultipartUploadOutput;
    write complete_multipart_upload CompleteMultipartUploadInput => CompleteMultipartUploadOutput;
    write copy_object CopyObjectInput => CopyObjectOutput;
    read create_multipart_upload CreateMultipartUploadInput => CreateMultipartUploadOutput;
    write delete_object DeleteObjectInput => DeleteObjectOutput;
    write delete_objects DeleteObjectsInput => DeleteObjectsOutput;
    read get_object GetObjectInput => GetObjectOutput;
    read head_object HeadObjectInput => HeadObjectOutput;
    read list_objects_v2 ListObjectsV2Input => ListObjectsV2Output;
    read upload_part UploadPartInput => UploadPartOutput;
}
