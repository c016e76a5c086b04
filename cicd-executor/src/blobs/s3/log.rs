//! Logs: a row of pieces, each named by the offset of its first byte.

use cicd_core::port::{BlobError, LogChunk};
use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{Error, ObjectMeta, ObjectStoreExt as _, PutMode, PutOptions, UpdateVersion};

use super::super::log::{MOST, addition};
use super::Inner;
use super::failure::unavailable;

/// A piece that has so many bytes is not extended any more: a full log has few pieces, and an append sends little again.
const FULL: u64 = 256 << 10;
/// So often the next writer looks again. Each time somebody else's bytes were kept.
const TRIES: u32 = 200;

/// A piece of a log.
struct Piece {
    place: Path,
    start: u64,
    size: u64,
}

impl Piece {
    fn end(&self) -> u64 {
        self.start.saturating_add(self.size)
    }
}

pub(super) async fn append(blobs: &Inner, log: &Path, bytes: &[u8]) -> Result<(), BlobError> {
    for _ in 0..TRIES {
        let pieces = pieces(blobs, log).await?;
        let length = pieces.last().map_or(0, Piece::end);
        let Some(addition) = addition(bytes, length, blobs.limits.log_bytes) else { return Ok(()) };
        let written = match pieces.last() {
            Some(_) if addition.is_empty() => return Ok(()),
            Some(last) if last.size < FULL => extend(blobs, last, &addition).await,
            _ => create(blobs, log, length, &addition).await,
        };
        match written {
            Ok(()) => return Ok(()),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. } | Error::NotFound { .. }) => {}
            Err(error) => return Err(unavailable(&error)),
        }
    }
    Err(BlobError::Unavailable { message: "others never cease to write to the log".to_owned() })
}

async fn create(blobs: &Inner, log: &Path, start: u64, bytes: &[u8]) -> Result<(), Error> {
    let place = log.clone().join(format!("{start:012}"));
    let mode = PutOptions::from(PutMode::Create);
    blobs.store.put_opts(&place, bytes.to_vec().into(), mode).await.map(|_| ())
}

async fn extend(blobs: &Inner, piece: &Piece, bytes: &[u8]) -> Result<(), Error> {
    let found = blobs.store.get(&piece.place).await?;
    let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
    let kept = found.bytes().await?;
    if u64::try_from(kept.len()).ok() != Some(piece.size) {
        // The cap was computed for what the piece was when the log was looked at.
        let (path, source) = (piece.place.to_string(), "the piece has grown".into());
        return Err(Error::Precondition { path, source });
    }
    let whole = [&kept, bytes].concat();
    let mode = PutOptions::from(PutMode::Update(version));
    blobs.store.put_opts(&piece.place, whole.into(), mode).await.map(|_| ())
}

pub(super) async fn read(
    blobs: &Inner,
    log: &Path,
    offset: u64,
    limit: u64,
) -> Result<Option<LogChunk>, BlobError> {
    let pieces = pieces(blobs, log).await?;
    if pieces.is_empty() {
        return Ok(None);
    }
    let (mut bytes, end) = (Vec::new(), offset.saturating_add(limit.min(MOST)));
    for piece in &pieces {
        let (from, to) = (offset.max(piece.start), end.min(piece.end()));
        if from < to {
            let part = blobs.store.get_range(&piece.place, from - piece.start..to - piece.start).await;
            bytes.extend_from_slice(&part.map_err(|error| unavailable(&error))?);
        }
    }
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Ok(Some(LogChunk { bytes, next_offset: offset.saturating_add(length) }))
}

/// The pieces of `log` in order, each beginning where the one before it ends.
async fn pieces(blobs: &Inner, log: &Path) -> Result<Vec<Piece>, BlobError> {
    let found: Vec<_> =
        blobs.store.list(Some(log)).try_collect().await.map_err(|error| unavailable(&error))?;
    let mut pieces: Vec<_> = found.into_iter().filter_map(piece).collect();
    pieces.sort_unstable_by_key(|piece| piece.start);
    let mut end = 0;
    for piece in &pieces {
        if piece.start != end {
            return Err(BlobError::Unavailable { message: format!("the log has no byte {end}") });
        }
        end = piece.end();
    }
    Ok(pieces)
}

fn piece(object: ObjectMeta) -> Option<Piece> {
    let start = object.location.filename()?.parse().ok()?;
    Some(Piece { place: object.location, start, size: object.size })
}
