//! The headers of a delivery.

use std::fmt;

/// The headers of a request, as they came.
#[derive(Clone, Default)]
pub struct Headers(Vec<(String, Vec<u8>)>);

/// A header is there twice, or is not plain text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("header `{name}` is there twice or is not plain text; accepted: one, of visible ascii characters")]
pub struct HeaderError {
    name: &'static str,
}

impl Headers {
    /// Takes names, in any case, and values.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value.to_vec())).collect())
    }

    /// The header `name`, given in lower case.
    ///
    /// # Errors
    /// When it is there twice, or has other than visible ascii characters and spaces between them.
    pub fn one(&self, name: &'static str) -> Result<Option<&str>, HeaderError> {
        let mut found = self.0.iter().filter(|(given, _)| given == name).map(|(_, value)| value);
        let Some(value) = found.next() else { return Ok(None) };
        let text = std::str::from_utf8(value).map_err(|_| HeaderError { name })?;
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
            && !text.starts_with(' ')
            && !text.ends_with(' ');
        if found.next().is_some() || !is_plain { Err(HeaderError { name }) } else { Ok(Some(text)) }
    }
}

/// Values may be tokens, so only names are shown.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
