//! More than the host bears: it refuses the rest, keeps its memory, and its probes answer meanwhile.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::support::{Data, Host};

const CLIENTS: usize = 16;
/// Ten times what one principal may send at once.
const REQUESTS: usize = 10 * 5 * RATE;
const RATE: usize = 20;
/// What a host may take in addition, whatever is sent: far less than one of the bodies.
const MOST_MEMORY: u64 = 64 * 1024;
const HUGE: usize = 100 << 20;
const SLOW: usize = 300;

/// How often each status was answered on one connection that asks `count` times.
fn flood(host: &Host, token: &str, count: usize) -> BTreeMap<u16, usize> {
    let (mut stream, mut statuses) = (host.connect(), BTreeMap::new());
    let request =
        format!("GET /api/v1/services HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n");
    for _ in 0..count {
        stream.write_all(request.as_bytes()).unwrap();
        *statuses.entry(one_answer(&mut stream)).or_default() += 1;
    }
    statuses
}

/// The status of an answer on a connection that stays open.
fn one_answer(stream: &mut TcpStream) -> u16 {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    std::io::copy(&mut stream.take(length.parse().unwrap()), &mut std::io::sink()).unwrap();
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

/// Status and type of what comes of a POST of `length` bytes that are framed so, as far as the host reads them.
fn post(host: &Host, token: &str, framing: &str, length: usize, piece: &[u8]) -> (u16, String) {
    let mut stream = host.connect();
    write!(
        stream,
        "POST /api/v1/freezes HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\n{framing}\r\n\r\n"
    )
    .unwrap();
    let mut left = length;
    // The host may hang up as soon as it has seen enough.
    while left > 0 && stream.write_all(&piece[..piece.len().min(left)]).is_ok() {
        left = left.saturating_sub(piece.len());
        let mut seen = [0];
        stream.set_nonblocking(true).unwrap();
        let answered = stream.peek(&mut seen).is_ok();
        stream.set_nonblocking(false).unwrap();
        if answered {
            break;
        }
    }
    let mut bytes = Vec::new();
    // Where not everything was read the connection may end with an error behind the answer.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer in `{text}`"));
    let problem: Value = serde_json::from_str(body).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, problem["type"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_flood_is_refused_in_bounded_memory_while_probes_answer() {
    let data = Data::new();
    let rate = RATE.to_string();
    let host = data.serve(&["--requests-per-principal", &rate, "--log", "json"]);
    let token = data.admin_token();
    assert_eq!(host.get("/api/v1/services", Some(&token)).0, 200);
    let before = host.most_memory();
    let mut statuses = BTreeMap::new();
    std::thread::scope(|scope| {
        let clients: Vec<_> =
            (0..CLIENTS).map(|_| scope.spawn(|| flood(&host, &token, REQUESTS / CLIENTS))).collect();
        for _ in 0..20 {
            for probe in ["/livez", "/readyz"] {
                assert_eq!(host.get(probe, None).0, 200, "{probe} during the flood");
            }
        }
        for (status, count) in clients.into_iter().flat_map(|client| client.join().unwrap()) {
            *statuses.entry(status).or_insert(0) += count;
        }
    });
    assert!(statuses.keys().all(|status| [200, 429, 503].contains(status)), "{statuses:?}");
    assert!(statuses[&429] > 0, "{statuses:?}");
    let grown = host.most_memory() - before;
    assert!(grown < MOST_MEMORY, "{grown} KiB more");
    assert!(host.stop().success());
}

#[test]
fn bodies_without_measure_are_refused_in_bounded_memory() {
    let data = Data::new();
    let host = data.serve(&[]);
    let token = data.admin_token();
    let before = host.most_memory();
    for _ in 0..4 {
        let announced = format!("content-length: {HUGE}");
        let huge = post(&host, &token, &announced, HUGE, &vec![b' '; 64 * 1024]);
        assert_eq!(huge, (413, "/problems/body-too-large".to_owned()));
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        let huge = post(&host, &token, "transfer-encoding: chunked", HUGE, chunk.as_bytes());
        assert_eq!(huge, (413, "/problems/body-too-large".to_owned()));
        let deep = post(&host, &token, "content-length: 100000", 100_000, &vec![b'['; 100_000]);
        assert_eq!(deep, (400, "/problems/malformed-json".to_owned()));
    }
    let grown = host.most_memory() - before;
    assert!(grown < MOST_MEMORY, "{grown} KiB more");
    assert_eq!(host.get("/readyz", None).0, 200);
    assert!(host.stop().success());
}

#[test]
fn heads_without_an_end_are_given_up_in_bounded_memory() {
    let data = Data::new();
    let host = data.serve(&[]);
    let before = host.most_memory();
    let begun = || {
        let mut stream = host.connect();
        stream.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nx-slow: ").unwrap();
        stream
    };
    let mut slow: Vec<_> = (0..SLOW).map(|_| begun()).collect();
    let large: Vec<_> = (0..SLOW)
        .map(|_| {
            let mut stream = begun();
            // The host may hang up as soon as it has seen enough.
            let _ = stream.write_all(&vec![b'x'; 400 * 1024]);
            stream
        })
        .collect();
    for probe in ["/livez", "/readyz"] {
        assert_eq!(host.get(probe, None).0, 200, "{probe} while {SLOW} are slow");
    }
    for stream in &mut slow {
        // One that was given up meanwhile takes nothing.
        let _ = stream.write_all(b"s");
    }
    for mut stream in slow {
        let mut answer = Vec::new();
        // An end with an error is an end.
        let ended = stream.read_to_end(&mut answer);
        assert!(ended.is_ok() || ended.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset));
        assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    }
    drop(large);
    let grown = host.most_memory() - before;
    assert!(grown < MOST_MEMORY, "{grown} KiB more");
    assert_eq!(host.get("/readyz", None).0, 200);
    assert!(host.stop().success());
}
