//! A router that knows its own routes, so that tests reach every one.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{delete, get, post, put};

use crate::api::Api;

/// Routes and their list.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    router: Router<Api>,
    table: Vec<(Method, &'static str)>,
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident = $method:ident;)*) => {
        $($(#[$doc])*
        pub(crate) fn $name<H: Handler<T, Api>, T: 'static>(mut self, path: &'static str, handler: H) -> Self {
            self.table.push((Method::$method, path));
            self.router = self.router.route(path, $name(handler));
            self
        })*
    };
}

impl Routes {
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

    /// Method and path of every route.
    pub(crate) fn table(self) -> Vec<(Method, &'static str)> {
        self.table
    }
}
