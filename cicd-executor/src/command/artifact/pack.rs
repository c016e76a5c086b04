//! Packs a directory: equal directories give equal bytes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use tar::{Builder, EntryType, Header};

use super::{NoArtifact, Taking, stays_inside};

/// The most files, directories and links of one artifact.
const MOST_ENTRIES: u64 = 100_000;

pub(super) fn pack(taking: &Taking, base: &Path) -> Result<File, NoArtifact> {
    let archive =
        OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&taking.archive)?;
    let mut packing = Packing { taking, tar: Builder::new(BufWriter::new(archive)), entries: 0, bytes: 0 };
    packing.directory(base, Path::new(""))?;
    let mut archive = packing.tar.into_inner()?;
    archive.flush()?;
    let mut archive = archive.into_inner().map_err(io::IntoInnerError::into_error)?;
    archive.rewind()?;
    Ok(archive)
}

struct Packing<'a> {
    taking: &'a Taking,
    tar: Builder<BufWriter<File>>,
    entries: u64,
    bytes: u64,
}

impl Packing<'_> {
    fn directory(&mut self, base: &Path, below: &Path) -> Result<(), NoArtifact> {
        let mut names = fs::read_dir(base.join(below))?
            .map(|entry| entry.map(|entry| below.join(entry.file_name())))
            .collect::<io::Result<Vec<PathBuf>>>()?;
        names.sort();
        names.into_iter().try_for_each(|name| self.entry(base, &name))
    }

    fn entry(&mut self, base: &Path, name: &Path) -> Result<(), NoArtifact> {
        self.entries += 1;
        if self.entries > MOST_ENTRIES {
            return Err(NoArtifact::refused(format!("more than {MOST_ENTRIES} entries")));
        }
        let path = base.join(name);
        let kind = fs::symlink_metadata(&path)?.file_type();
        if kind.is_dir() {
            self.append(name, &mut header(EntryType::Directory, 0o755, 0), io::empty())?;
            self.directory(base, name)
        } else if kind.is_symlink() {
            self.link(&path, name)
        } else if kind.is_file() {
            self.file(&path, name)
        } else {
            Err(NoArtifact::refused(format!(
                "`{}` is neither a file, a directory nor a link",
                name.display()
            )))
        }
    }

    fn file(&mut self, path: &Path, name: &Path) -> Result<(), NoArtifact> {
        let nofollow = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or(0);
        let file = OpenOptions::new().read(true).custom_flags(nofollow).open(path)?;
        let metadata = file.metadata()?;
        self.taking.check_owner(&metadata, &name.to_string_lossy())?;
        self.bytes = self.bytes.saturating_add(metadata.len());
        self.taking.check_size(self.bytes)?;
        let mode = if metadata.permissions().mode() & 0o100 == 0 { 0o644 } else { 0o755 };
        self.append(name, &mut header(EntryType::Regular, mode, metadata.len()), file.take(metadata.len()))
    }

    fn link(&mut self, path: &Path, name: &Path) -> Result<(), NoArtifact> {
        let target = fs::read_link(path)?;
        if !stays_inside(name, &target) {
            return Err(NoArtifact::refused(format!("`{}` is a link that leads out of it", name.display())));
        }
        Ok(self.tar.append_link(&mut header(EntryType::Symlink, 0o777, 0), name, target)?)
    }

    fn append(&mut self, name: &Path, header: &mut Header, content: impl io::Read) -> Result<(), NoArtifact> {
        Ok(self.tar.append_data(header, name, content)?)
    }
}

fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
}
