//! Schemas of what is written otherwise than it is kept.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::cd::Amount;
use crate::ci::{Glob, Repository};
use crate::trace::TraceParent;

impl PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        let count = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(10_000));
        let share = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^(100|[1-9]?[0-9])%$"));
        let amount = OneOfBuilder::new().item(count).item(share);
        amount.description(Some("A number of instances, `2`, or a share of them, `\"25%\"`.")).into()
    }
}

impl ToSchema for Amount {}

impl PartialSchema for Glob {
    fn schema() -> RefOr<Schema> {
        let help = "A pattern over names whose segments are parted by `/`: `?` stands for a character, `*` for any of a \
                    segment, `**` for any segments.";
        text(1, Self::MAX_CHARACTERS)
            .pattern(Some(r"^[^!\[\]{}\\][^\[\]{}\\]*$"))
            .description(Some(help))
            .into()
    }
}

impl ToSchema for Glob {}

impl PartialSchema for Repository {
    fn schema() -> RefOr<Schema> {
        let help = "The URL of a git repository: `https://host/path`, `ssh://user@host/path` or `user@host:path`, without a \
                    password.";
        text(1, Self::MAX_BYTES).pattern(Some(r"^[!-\[\]-~]+$")).description(Some(help)).into()
    }
}

impl ToSchema for Repository {}

impl PartialSchema for TraceParent {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.pattern(Some("^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$"))
            .description(Some("Where a request stands in a trace: the `traceparent` of W3C Trace Context"))
            .into()
    }
}

impl ToSchema for TraceParent {}

fn text(least: usize, most: usize) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).min_length(Some(least)).max_length(Some(most))
}
