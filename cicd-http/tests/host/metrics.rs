//! What those see who watch a host: its metrics, for everybody or on a listener of their own, and its log.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use serde_json::Value;

use crate::support::{Data, until};

#[test]
fn metrics_are_told_where_the_operator_says() {
    let data = Data::new();
    let host = data.serve(&[]);
    assert!(host.text("/metrics", &data.admin_token()).contains("cicd_build_info{version="));
    until("the host to look what waits for votes", || {
        let told = host.text("/metrics", &data.admin_token());
        told.contains(r#"cicd_approvals_pending{env_tier="production"} 0"#).then_some(())
    });
    assert!(host.stop().success());

    let apart = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let host = data.serve(&["--metrics-listen", &apart.to_string()]);
    assert_eq!(host.get("/metrics", None).0, 404);
    assert_eq!(host.get("/livez", None).0, 200);
    let mut stream = TcpStream::connect(apart).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut told = String::new();
    stream.read_to_string(&mut told).unwrap();
    assert!(
        told.contains(r#"cicd_http_requests_total{method="GET",route="/livez",status="200"} 1"#),
        "{told}"
    );
    assert!(host.stop().success());
}

#[test]
fn a_request_stands_in_the_log_with_its_trace() {
    let data = Data::new();
    let host = data.serve(&["--log", "json"]);
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    for (id, traceparent) in
        [("given", format!("00-{trace}-00f067aa0ba902b7-01")), ("made", trace.to_owned())]
    {
        let mut stream = host.connect();
        write!(
            stream,
            "GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-request-id: {id}\r\n\
             traceparent: {traceparent}\r\n\r\n"
        )
        .unwrap();
        stream.read_to_string(&mut String::new()).unwrap();
    }
    let logged = |id: &str| {
        until("the line of the request", || {
            let lines = data.log();
            let mut lines = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let line = lines.find(|line| line["fields"]["request_id"] == id)?;
            Some(line["fields"]["trace_id"].as_str()?.to_owned())
        })
    };
    assert_eq!(logged("given"), trace);
    let made = logged("made");
    assert!(made.len() == trace.len() && made != trace, "{made}");
    assert!(host.stop().success());
}
