//! The server's own rules in the browser: each function of the npm package is one of `cicd-core`, with JSON on both sides.
//!
//! A function takes one JSON text with its arguments by name and gives one JSON text: `{"answer": …}`, or `{"problem": "…"}`
//! when the arguments are not what it takes. The scripts of the package (`npm/`) turn values into texts and back.
//! [`call`] does the same natively; the tests hold both against each other, byte by byte.

mod answer;
mod audit;
mod config;
mod read;
mod release;

use wasm_bindgen::prelude::wasm_bindgen;

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident = $js:ident, $place:path;)+) => {
        $(
            $(#[$doc])*
            #[wasm_bindgen(js_name = $js)]
            #[must_use]
            pub fn $name(arguments: &str) -> String {
                answer::answer(arguments, $place)
            }
        )+

        /// The functions, as the package names them.
        pub const FUNCTIONS: &[&str] = &[$(stringify!($js)),+];

        /// Calls the function that the package names `function`; `None` when there is none.
        #[must_use]
        pub fn call(function: &str, arguments: &str) -> Option<String> {
            match function {
                $(stringify!($js) => Some($name(arguments)),)+
                _ => None,
            }
        }
    };
}

functions! {
    /// What is wrong with a draft of a CI config, or the config with its defaults.
    validate_ci_config = validateCiConfig, config::validate_ci;
    /// What is wrong with a draft of a CD config at a deployment, or the config with its defaults.
    validate_cd_config = validateCdConfig, config::validate_cd;
    /// What is wrong with an approval policy, or the policy with its defaults.
    validate_approval_policy = validateApprovalPolicy, config::validate_approval;
    /// The steps of a rollout on a time axis, or what is wrong with its strategy.
    preview_rollout = previewRollout, config::preview;
    /// Whether an occurrence may start a run.
    trigger_verdict = triggerVerdict, config::verdict;
    /// What is wrong with a request for a release, or the request.
    validate_release_request = validateReleaseRequest, release::validate;
    /// What a caller may do with a release, and why not the rest.
    allowed_commands = allowedCommands, release::allowed;
    /// Why a release does not start, and who or what can change that.
    explain = explain, release::explain;
    /// The timeline that events make.
    fold_timeline = foldTimeline, audit::fold;
    /// Whether an export of audit events is whole and unaltered.
    verify_audit_chain = verifyAuditChain, audit::verify;
}
