//! Logs: appended, capped, read from any offset while they grow.

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::PoisonError;

use cicd_core::port::LogChunk;

use super::{Inner, make_directory};

/// The most bytes that one read gives.
pub(super) const MOST: u64 = 1 << 20;

pub(super) fn append(blobs: &Inner, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let _one_at_a_time = blobs.appending.lock().unwrap_or_else(PoisonError::into_inner);
    let mut file = match open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_directory(path.parent().unwrap_or(path))?;
            open(path)?
        }
        opened => opened?,
    };
    let length = file.metadata()?.len();
    match addition(bytes, length, blobs.limits.log_bytes) {
        Some(addition) => file.write_all(&addition),
        None => Ok(()),
    }
}

/// What `bytes` add to a log that has `length` bytes and may have `cap`; `None` once it was cut.
pub(super) fn addition(bytes: &[u8], length: u64, cap: u64) -> Option<Cow<'_, [u8]>> {
    // The note takes the log beyond its cap: there is never a second one.
    let room = usize::try_from(cap.checked_sub(length)?).unwrap_or(usize::MAX);
    match bytes.split_at_checked(room) {
        None | Some((_, [])) => Some(Cow::Borrowed(bytes)),
        Some((fits, _)) => {
            let note = format!("\n[cicd] the log is cut: more than {cap} bytes\n");
            Some(Cow::Owned([fits, note.as_bytes()].concat()))
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

pub(super) fn read(path: &Path, offset: u64, limit: u64) -> io::Result<Option<LogChunk>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.take(limit.min(MOST)).read_to_end(&mut bytes)?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Ok(Some(LogChunk { bytes, next_offset: offset.saturating_add(length) }))
}
