//! Serving a router: bounded, and stopped without cutting anybody off.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower_service::Service as _;

use crate::limits::{CONNECTIONS, DRAIN_TIME, HEAD_BYTES, HEADER_TIME};

/// How long to wait after a connection could not be accepted, such as for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Becomes true when the server stops; handlers find it in the request.
#[derive(Clone, Debug)]
pub(crate) struct Stopping(pub(crate) watch::Receiver<bool>);

/// Serves `router` on `listener` until `shutdown` completes; then accepts nobody more, answers what it has begun for at
/// most [`DRAIN_TIME`], and returns whether all of it was answered.
///
/// Handlers find the client's address as `ConnectInfo<SocketAddr>`. The limits are those of [`limits`](crate::limits).
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()>) -> bool {
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let (stop, stopping) = watch::channel(false);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (listener.accept().await, place)
        };
        let (stream, place) = tokio::select! {
            () = shutdown.as_mut() => break,
            accepted = accepted => accepted,
        };
        match stream {
            Ok((stream, address)) => {
                let connection = connections.watch(connection(
                    stream,
                    address,
                    router.clone(),
                    Stopping(stopping.clone()),
                ));
                tokio::spawn(async move {
                    if let Err(error) = connection.await {
                        tracing::debug!(%address, %error, "a connection ended early");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    // Streams have no end of their own.
    stop.send_replace(true);
    tokio::time::timeout(DRAIN_TIME, connections.shutdown()).await.is_ok()
}

fn connection(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    stopping: Stopping,
) -> impl GracefulConnection<Error = hyper::Error, Output = hyper::Result<()>> {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(address));
        request.extensions_mut().insert(stopping.clone());
        answer(router.clone(), request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
}

async fn answer(mut router: Router, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    router.call(request.map(Body::new)).await
}
