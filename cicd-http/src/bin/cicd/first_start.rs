//! The very first start: an admin's token, in a file that only its owner can read.

use std::fs;
use std::io;

use cicd_core::engine::Engine;
use cicd_core::id::TenantId;

use crate::data::{Data, write_private};
use crate::failure::Failure;

/// Who the first token belongs to.
const ADMIN: &str = "admin";

/// Gives a tenant without any event its first token. Should the host die between the commit and the file, `cicd token
/// create` makes another.
pub(crate) async fn admin_token(engine: &Engine, tenant: &TenantId, data: &Data) -> Result<(), Failure> {
    let Some(token) = engine.bootstrap(tenant, &ADMIN.parse()?).await? else { return Ok(()) };
    let path = data.admin_token();
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        // A token of a database that is gone.
        _ => {}
    }
    let secret = token.secret.unwrap_or_default();
    write_private(&path, &format!("{secret}\n"))?;
    tracing::info!(path = %path.display(), "first start: the admin's token is in this file");
    Ok(())
}
