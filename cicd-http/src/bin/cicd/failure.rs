//! Why a command ended without success, in one line for the operator.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

/// The exit code of a command that could not find out what it was asked; `clap` gives the same for wrong arguments.
const UNANSWERED: u8 = 2;

/// One line, with every cause.
#[derive(Debug)]
pub(crate) struct Failure {
    line: String,
    code: u8,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { line: message.into(), code: 1 }
    }

    /// The same, of a command whose exit code 1 is an answer.
    pub(crate) fn unanswered(self) -> Self {
        Self { code: UNANSWERED, ..self }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        self.code.into()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line.replace('\n', " "))
    }
}

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            message = format!("{message}: {error}");
            cause = error.source();
        }
        Self::new(message)
    }
}
