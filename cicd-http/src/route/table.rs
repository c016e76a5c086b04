//! A router that knows its own routes and what they do: a route without its description does not compile.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{delete, get, post, put};

use crate::api::Api;
use crate::openapi::Operation;

/// Routes and their list.
#[derive(Debug)]
pub(crate) struct Routes {
    router: Router<Api>,
    table: Vec<Route>,
    tag: &'static str,
}

/// One route.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// The chapter of the document that it stands in.
    pub(crate) tag: &'static str,
    /// What the document says of it.
    pub(crate) operation: fn() -> Operation,
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident = $method:ident;)*) => {
        $($(#[$doc])*
        pub(crate) fn $name<H: Handler<T, Api>, T: 'static>(
            mut self,
            path: &'static str,
            handler: H,
            operation: fn() -> Operation,
        ) -> Self {
            self.table.push(Route { method: Method::$method, path, tag: self.tag, operation });
            self.router = self.router.route(path, $name(handler));
            self
        })*
    };
}

impl Routes {
    /// No routes yet; those to come stand in the chapter `tag` of the document.
    pub(crate) fn of(tag: &'static str) -> Self {
        Self { router: Router::new(), table: Vec::new(), tag }
    }

    methods! {
        /// Answers GET and HEAD.
        get = GET;
        /// Answers POST.
        post = POST;
        /// Answers PUT.
        put = PUT;
        /// Answers DELETE.
        delete = DELETE;
    }

    /// These routes and the `other` ones.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.table.extend(other.table);
        self
    }

    /// The router.
    pub(crate) fn router(self) -> Router<Api> {
        self.router
    }

    /// Every route.
    pub(crate) fn table(self) -> Vec<Route> {
        self.table
    }
}
