//! Requests as they stand on the wire, which a proxy may understand otherwise than the host.

use std::io::{ErrorKind, Read as _, Write as _};

use crate::support::{Data, Host};

/// What would be answered if the host took the rest of a body for a request of its own.
const SMUGGLED: &str = "GET /livez HTTP/1.1\r\nhost: x\r\n\r\n";

/// Everything that the host answers to `head` until it hangs up.
fn answered(host: &Host, head: &str) -> String {
    let mut stream = host.connect();
    stream.write_all(format!("{head}{SMUGGLED}").as_bytes()).unwrap();
    let (mut told, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => told.extend_from_slice(&piece[..count]),
            // What was not read may end the connection with an error behind the answer.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("{head:?} is left open: {error}"),
        }
    }
    String::from_utf8(told).unwrap()
}

#[test]
fn what_a_proxy_may_understand_otherwise_ends_its_connection() {
    let data = Data::new();
    let host = data.serve(&[]);
    let post = "POST /api/v1/tokens HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    for head in [
        format!("{post}content-length: 2\r\ncontent-length: 40\r\n\r\n{{}}"),
        format!("{post}content-length: 2, 40\r\n\r\n{{}}"),
        format!("{post}content-length: +2\r\n\r\n{{}}"),
        format!("{post}content-length: 0x2\r\n\r\n{{}}"),
        format!("{post}content-length: -2\r\n\r\n{{}}"),
        format!("{post}content-length : 2\r\n\r\n{{}}"),
        format!("{post}transfer-encoding: identity\r\n\r\n"),
        format!("{post}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        format!("{post}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n"),
        "GET /livez HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n".to_owned(),
        "GET /livez HTTP/1.1\r\nhost: x\r\nx-a: b\0c\r\n\r\n".to_owned(),
        "GET /livez HTTP/1.1\r\nhost: x\r\n x-folded: b\r\n\r\n".to_owned(),
        "GET /li vez HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        "GET /livez\0 HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        "GET /livez HTTP/1.10\r\nhost: x\r\n\r\n".to_owned(),
    ] {
        let told = answered(&host, &head);
        assert!(told.starts_with("HTTP/1.1 400 "), "{head:?}: {told:?}");
        assert_eq!(told.matches("HTTP/1.1 ").count(), 1, "{head:?}: {told:?}");
    }
    // RFC 9112 lets the coding win over the length, as long as nothing more is taken from the connection.
    for head in [
        format!("{post}content-length: 6\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
        format!("{post}transfer-encoding: chunked\r\ncontent-length: 6\r\n\r\n0\r\n\r\n"),
    ] {
        let told = answered(&host, &head);
        assert!(
            told.starts_with("HTTP/1.1 401 ") && told.contains("connection: close\r\n"),
            "{head:?}: {told:?}"
        );
        assert_eq!(told.matches("HTTP/1.1 ").count(), 1, "{head:?}: {told:?}");
    }
    assert!(host.stop().success());
}
