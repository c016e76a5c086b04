//! Sessions of browsers: a short-lived credential that an API token opened, and that ends with it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use sha2::Sha256;

use super::access::{HINT_CHARACTERS, SESSION_PREFIX, found_token, is_well_formed};
use super::change::By;
use super::error::EngineError;
use super::{Engine, Options, Outcome};
use crate::audit::{Subject, SubjectKind};
use crate::authz::{Caller, SessionFacts, Token};
use crate::digest::Digest;
use crate::id::{RowVersion, TokenId};
use crate::port::{Load, Record, RecordKey, RecordKind, Snapshot};
use crate::time::Timestamp;
use crate::violation::Violations;

/// How long a session lasts at most, in seconds; never longer than the token that opened it.
pub const SESSION_SECONDS: u64 = 12 * 3_600;
/// How long a session lasts without being renewed, in seconds.
pub const SESSION_IDLE_SECONDS: u64 = 3_600;

const SEPARATOR: char = '.';

/// A session that works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who opened it, as a caller.
    pub caller: Caller,
    /// Its row: a token of its own, found among the tenant's tokens.
    pub token: Token,
    /// The text that authenticates from now on, for as long as a session may be idle.
    pub text: String,
    /// How many seconds are left until it ends, whatever is done.
    pub seconds_left: u64,
}

impl Engine {
    /// Opens a session with the API token that `caller` showed. It has the token's roles, and ends with the token. Opening one
    /// takes no right: it gives none that the token does not give. A key is not looked at; a dry run opens nothing.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] for a caller who showed no API token; [`EngineError::Unavailable`].
    pub async fn open_session(&self, caller: &Caller, options: &Options) -> Result<Session, EngineError> {
        let opener = caller.token.ok_or_else(no_opener)?;
        let load = Load::record(token_key(opener));
        let snapshot = self.store().load(&caller.tenant, &load).await?;
        let secret = self.new_secret(SESSION_PREFIX);
        let mut drawn = self.new_session(caller, opener_of(&snapshot, opener)?, &secret, snapshot.now);
        if options.dry_run {
            drawn.row_version = drawn.row_version.next();
        } else {
            let by = By::caller(caller);
            let change = |snapshot: &Snapshot, _| {
                opener_of(snapshot, opener)?;
                let (subject, opened) = (subject(drawn.id), Opened::of(&drawn));
                by.put("session.opened", subject, Record::Token(drawn.clone()), None, &opened)
            };
            let committed = self.carry_out_own(&by, &load, change).await?;
            let stored = committed.records.into_iter().find_map(|record| Token::try_from(record).ok());
            drawn = stored.unwrap_or(drawn);
        }
        live(drawn, caller.clone(), &secret, snapshot.now)
    }

    /// The session that shows `text`, renewed; `None` for anything that is not a session that works: ended, expired, idle for
    /// too long, or opened by a token that works no more.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`].
    pub async fn session(&self, text: &str) -> Result<Option<Session>, EngineError> {
        let Some((secret, seen)) = text.split_once(SEPARATOR) else { return Ok(None) };
        if !is_well_formed(SESSION_PREFIX, secret) {
            return Ok(None);
        }
        let Some((tenant, token, now)) = self.store().token(Digest::of(secret.as_bytes())).await? else {
            return Ok(None);
        };
        let Some(facts) =
            token.session.clone().filter(|facts| token.works(now) && is_fresh(facts, seen, now))
        else {
            return Ok(None);
        };
        let opener = self.store().token(facts.opener).await?;
        let opens = |(of, opener, now): &(_, Token, _)| {
            *of == tenant && opener.id == facts.opened_by && opener.works(*now)
        };
        if !opener.as_ref().is_some_and(opens) {
            return Ok(None);
        }
        self.note_use(&tenant, token.id, now).await;
        let caller = token.caller(tenant);
        live(token, caller, secret, now).map(Some)
    }

    /// Ends the session that `caller` showed. It stops working with the commit; streams that it opened end as those of a
    /// revoked token do.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for a caller who showed no session; [`EngineError::VersionMoved`].
    pub async fn close_session(
        &self,
        caller: &Caller,
        options: &Options,
    ) -> Result<Outcome<()>, EngineError> {
        let missing = || EngineError::not_found("session", "of this request");
        let id = caller.token.ok_or_else(missing)?;
        let load = Load::record(token_key(id));
        let snapshot = self.store().load(&caller.tenant, &load).await?;
        let found = found_token(&snapshot, id)?;
        found.session.as_ref().ok_or_else(missing)?;
        if options.expected.is_some_and(|expected| expected != found.row_version) {
            return Err(EngineError::VersionMoved { what: token_key(id), current: found.row_version });
        }
        let (seq, at) = (snapshot.ledger_seq, snapshot.now);
        if options.dry_run {
            return Ok(Outcome { value: (), seq, at, replayed: false });
        }
        let by = By::caller(caller);
        let change = |snapshot: &Snapshot, _| {
            let before = found_token(snapshot, id)?;
            let after = Token { revoked_at: Some(snapshot.now), ..before.clone() };
            let (from, to) = (Opened::of(before), Opened { ended: true, ..Opened::of(before) });
            let mut change = by.put("session.ended", subject(id), Record::Token(after), Some(&from), &to)?;
            change.governs();
            Ok(change)
        };
        let committed = self.carry_out_own(&by, &load, change).await?;
        Ok(Outcome { value: (), seq: committed.seq, at: committed.at, replayed: false })
    }

    fn new_session(&self, caller: &Caller, opener: &Token, secret: &str, now: Timestamp) -> Token {
        let facts =
            SessionFacts { opened_by: opener.id, opener: opener.hash, key: Digest::of(&self.0.ids.secret()) };
        Token {
            id: TokenId::from_uuid(self.0.ids.uuid(now)),
            hash: Digest::of(secret.as_bytes()),
            hint: secret.chars().take(HINT_CHARACTERS).collect(),
            expires_at: opener.expires_at.min(now.plus_seconds(SESSION_SECONDS)),
            created_by: caller.principal.clone(),
            created_at: Timestamp::EPOCH,
            session: Some(facts),
            row_version: RowVersion::ABSENT,
            ..opener.clone()
        }
    }
}

/// The API token that may open a session.
fn opener_of(snapshot: &Snapshot, id: TokenId) -> Result<&Token, EngineError> {
    let token = found_token(snapshot, id)?;
    if token.session.is_none() && token.works(snapshot.now) { Ok(token) } else { Err(no_opener()) }
}

fn token_key(id: TokenId) -> RecordKey {
    RecordKey::new(RecordKind::Token, id)
}

fn subject(id: TokenId) -> Subject {
    Subject::new(SubjectKind::Token, id.to_string())
}

fn no_opener() -> EngineError {
    Violations::one("", "token", "a session is opened with an API token, which none was shown").into()
}

/// The session as it goes on from `now`.
fn live(token: Token, caller: Caller, secret: &str, now: Timestamp) -> Result<Session, EngineError> {
    let unsigned = || EngineError::Internal { message: "a session can't be signed".to_owned() };
    let seen = token.session.as_ref().and_then(|facts| signed(facts, now)).ok_or_else(unsigned)?;
    let seconds_left = token.expires_at.micros_since(now) / 1_000_000;
    Ok(Session { text: format!("{secret}{SEPARATOR}{seen}"), caller, token, seconds_left })
}

/// `now`, signed, so that a client can't have used its session later than it did.
fn signed(facts: &SessionFacts, now: Timestamp) -> Option<String> {
    let seen = now.as_micros().to_string();
    let mac = mac(facts, &seen)?.finalize().into_bytes();
    let mac: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{seen}{SEPARATOR}{mac}"))
}

fn mac(facts: &SessionFacts, seen: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(facts.key.hex().as_bytes()).ok()?;
    mac.update(seen.as_bytes());
    Some(mac)
}

/// Whether `seen` was signed by us, and less than [`SESSION_IDLE_SECONDS`] ago.
fn is_fresh(facts: &SessionFacts, seen: &str, now: Timestamp) -> bool {
    let Some((micros, _)) = seen.split_once(SEPARATOR) else { return false };
    let Ok(at) = micros.parse().map(Timestamp::from_micros) else { return false };
    // What is compared is public but for its key, which 256 random bits stand for.
    let Some(expected) = signed(facts, at) else { return false };
    Digest::of(expected.as_bytes()) == Digest::of(seen.as_bytes())
        && now < at.plus_seconds(SESSION_IDLE_SECONDS)
}

/// What the audit tells of a session.
#[derive(Serialize)]
struct Opened {
    opened_by: Option<TokenId>,
    ended: bool,
}

impl Opened {
    fn of(token: &Token) -> Self {
        Self {
            opened_by: token.session.as_ref().map(|facts| facts.opened_by),
            ended: token.revoked_at.is_some(),
        }
    }
}
