//! A page as it lies in Redis: the object as JSON, a line break, the bytes.

use cicd_core::port::CachedPage;

/// The page as bytes; `None` where its object does not serialise.
pub(super) fn written(page: &CachedPage) -> Option<Vec<u8>> {
    let mut entry = serde_json::to_vec(&page.object).ok()?;
    entry.push(b'\n');
    entry.extend_from_slice(&page.body);
    Some(entry)
}

/// The page that was written; `None` for what is none.
pub(super) fn read(entry: &[u8]) -> Option<CachedPage> {
    let end = entry.iter().position(|byte| *byte == b'\n')?;
    let (object, body) = entry.split_at_checked(end)?;
    Some(CachedPage { object: serde_json::from_slice(object).ok()?, body: body.get(1..)?.into() })
}
