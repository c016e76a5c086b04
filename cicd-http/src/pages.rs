//! The pages that people work in: built files, served below whatever prefix the host nested the router.

use axum::extract::OriginalUri;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse as _, Response};

use crate::api::location;

/// The first page; every address that is no file is one of its views.
const FIRST: &str = "index.html";
/// What [`FIRST`] has where the prefix belongs.
const HERE: &str = "\"./";
/// Files whose name has the digest of their content.
const ASSETS: &str = "assets/";
/// What is answered otherwise, also to a browser.
const NOT_PAGES: [&str; 5] = ["/api", "/problems", "/metrics", "/livez", "/readyz"];

/// A page runs what it was built with, and asks its own host. Nothing that somebody wrote into a name or a log becomes code.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
);
/// A worker that a page begins has the policy of its own script, not the page's: it may read the rules and run them.
const SCRIPT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'",
);
const FOR_A_YEAR: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Built pages: for each file its path, such as `assets/index-1a2b.js`, and its content. The default has none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pages(&'static [(&'static str, &'static [u8])]);

impl Pages {
    /// Pages of the host's own.
    #[must_use]
    pub const fn new(files: &'static [(&'static str, &'static [u8])]) -> Self {
        Self(files)
    }

    /// The pages that this crate was built with, from `ui-dist`; none where that was empty.
    #[cfg(feature = "ui")]
    #[must_use]
    pub const fn embedded() -> Self {
        Self(include!(concat!(env!("OUT_DIR"), "/pages.rs")))
    }

    /// The file that a request asks for, or the first page where a browser goes to a view. `None` for what is no page.
    pub(crate) fn answer(
        self,
        method: &Method,
        original: &OriginalUri,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Option<Response> {
        if ![Method::GET, Method::HEAD].contains(method) {
            return None;
        }
        let path = uri.path();
        let name = path.trim_start_matches('/');
        match self.file(name) {
            Some(content) if name != FIRST => Some(file(name, content)),
            _ if is_view(path, headers) => self.first(&prefix(original, uri)),
            _ => None,
        }
    }

    fn file(self, name: &str) -> Option<&'static [u8]> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, content)| *content)
    }

    fn first(self, prefix: &str) -> Option<Response> {
        let text = std::str::from_utf8(self.file(FIRST)?).ok()?;
        let text = text.replace(HERE, &format!("\"{prefix}/"));
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CONTENT_SECURITY_POLICY, POLICY),
        ];
        Some((headers, text).into_response())
    }
}

fn file(name: &str, content: &'static [u8]) -> Response {
    let mut response = ([(header::CONTENT_TYPE, media(name))], content).into_response();
    let headers = response.headers_mut();
    if name.starts_with(ASSETS) {
        headers.insert(header::CACHE_CONTROL, FOR_A_YEAR);
    }
    if name.ends_with(".js") {
        headers.insert(header::CONTENT_SECURITY_POLICY, SCRIPT_POLICY);
    }
    response
}

/// Whether a browser goes there, and not a program.
fn is_view(path: &str, headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|accept| accept.to_str().ok());
    let other =
        |root: &&str| path.strip_prefix(*root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    accepted.into_iter().any(|accept| accept.contains("text/html")) && !NOT_PAGES.iter().any(other)
}

/// What stands before the router's own root, as text that an attribute may have.
fn prefix(original: &OriginalUri, uri: &Uri) -> String {
    let prefix = location(original, uri, "");
    let plain = |character: char| character.is_ascii_alphanumeric() || "/-._~%".contains(character);
    if prefix.chars().all(plain) { prefix } else { String::new() }
}

fn media(name: &str) -> HeaderValue {
    HeaderValue::from_static(match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: Pages = Pages::new(&[
        ("assets/app-1.js", b"run()"),
        ("icon.svg", b"<svg/>"),
        ("index.html", b"<meta name=\"cicd-base\" content=\"./\"><script src=\"./assets/app-1.js\">"),
    ]);

    async fn asked(path: &str, nested: &str, accept: &'static str) -> Option<(String, HeaderMap)> {
        let original = OriginalUri(format!("{nested}{path}").parse().unwrap());
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
        let answer = PAGES.answer(&Method::GET, &original, &path.parse().unwrap(), &headers)?;
        let (parts, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, 1_000).await.unwrap();
        Some((String::from_utf8(bytes.to_vec()).unwrap(), parts.headers))
    }

    #[tokio::test]
    async fn a_view_is_the_first_page_below_the_prefix() {
        for path in ["/", "/releases/7", "/index.html", "/apis"] {
            let (text, headers) = asked(path, "/tools/delivery", "text/html,*/*").await.unwrap();
            assert!(text.contains("content=\"/tools/delivery/\""), "{text}");
            assert!(text.contains("src=\"/tools/delivery/assets/app-1.js\""), "{text}");
            assert_eq!(headers[header::CONTENT_SECURITY_POLICY], POLICY);
        }
        let (text, _) = asked("/", "", "text/html").await.unwrap();
        assert!(text.contains("content=\"/\"") && text.contains("src=\"/assets/app-1.js\""), "{text}");
    }

    #[tokio::test]
    async fn a_prefix_becomes_no_markup() {
        let (text, _) = asked("/", "/a'b&c", "text/html").await.unwrap();
        assert!(text.contains("content=\"/\""), "{text}");
    }

    #[tokio::test]
    async fn files_are_told_by_their_names() {
        let (text, headers) = asked("/assets/app-1.js", "", "*/*").await.unwrap();
        assert_eq!((text.as_str(), &headers[header::CACHE_CONTROL]), ("run()", &FOR_A_YEAR));
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], SCRIPT_POLICY);
        let (_, headers) = asked("/icon.svg", "", "image/*").await.unwrap();
        assert!(
            headers[header::CONTENT_TYPE] == "image/svg+xml" && !headers.contains_key(header::CACHE_CONTROL)
        );
    }

    #[tokio::test]
    async fn programs_and_the_api_get_no_page() {
        for path in ["/", "/releases/7", "/index.html"] {
            assert!(asked(path, "", "application/json").await.is_none(), "{path}");
        }
        for path in ["/api", "/api/v1/nowhere", "/problems/x", "/metrics"] {
            assert!(asked(path, "", "text/html").await.is_none(), "{path}");
        }
        let original = OriginalUri("/".parse().unwrap());
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("text/html"))]);
        assert!(PAGES.answer(&Method::POST, &original, &"/".parse().unwrap(), &headers).is_none());
        assert!(Pages::default().answer(&Method::GET, &original, &"/".parse().unwrap(), &headers).is_none());
    }
}
