//! What S3 promises and a plain directory does not: a condition is checked and its write is done as one, in a bucket that is there.

use std::path::PathBuf;

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CopyObjectInput, CopyObjectOutput, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput,
    DeleteObjectsOutput, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput,
    ListObjectsV2Input, ListObjectsV2Output, PutObjectInput, PutObjectOutput, UploadPartInput,
    UploadPartOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;
use tokio::sync::Mutex;

#[derive(Debug)]
pub(super) struct Orderly {
    directory: PathBuf,
    files: FileSystem,
    keeps_conditions: bool,
    writing: Mutex<()>,
}

impl Orderly {
    pub(super) fn new(directory: PathBuf, files: FileSystem, keeps_conditions: bool) -> Self {
        Self { directory, files, keeps_conditions, writing: Mutex::new(()) }
    }
}

macro_rules! as_the_files_do {
    ($($operation:ident $input:ty => $output:ty;)+) => {
        #[async_trait::async_trait]
        impl S3 for Orderly {
            $(async fn $operation(&self, request: S3Request<$input>) -> S3Result<S3Response<$output>> {
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
                let _one_at_a_time = self.writing.lock().await;
                self.files.put_object(request).await
            }
        }
    };
}

as_the_files_do! {
    abort_multipart_upload AbortMultipartUploadInput => AbortMultipartUploadOutput;
    complete_multipart_upload CompleteMultipartUploadInput => CompleteMultipartUploadOutput;
    copy_object CopyObjectInput => CopyObjectOutput;
    create_multipart_upload CreateMultipartUploadInput => CreateMultipartUploadOutput;
    delete_object DeleteObjectInput => DeleteObjectOutput;
    delete_objects DeleteObjectsInput => DeleteObjectsOutput;
    get_object GetObjectInput => GetObjectOutput;
    head_object HeadObjectInput => HeadObjectOutput;
    list_objects_v2 ListObjectsV2Input => ListObjectsV2Output;
    upload_part UploadPartInput => UploadPartOutput;
}
