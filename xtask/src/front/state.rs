//! What a front serves: the file `state` and the artifacts beside it.

use std::path::{Path, PathBuf};

/// The state directory of one front.
#[derive(Clone, Debug)]
pub(crate) struct StateDirectory(PathBuf);

/// What `deploy.sh` wrote last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// The version that everybody gets: the hex digits of its SHA-256; `None` before the first rollout.
    pub(crate) stable: Option<String>,
    /// The version on trial.
    pub(crate) candidate: Option<String>,
    /// How many of 100 requests get the candidate.
    pub(crate) weight: u8,
}

impl StateDirectory {
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The state now; nothing is served before the first rollout.
    pub(crate) fn read(&self) -> State {
        std::fs::read_to_string(self.0.join("state")).map(|text| State::parse(&text)).unwrap_or_default()
    }

    /// The bytes of a version; `None` when it is not kept here.
    pub(crate) fn artifact(&self, hex: &str) -> Option<Vec<u8>> {
        let name = hex.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(hex)?;
        std::fs::read(self.0.join("artifacts").join(name)).ok()
    }
}

impl State {
    fn parse(text: &str) -> Self {
        let mut state = Self::default();
        for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
            let version = || (!value.is_empty()).then(|| value.to_owned());
            match key {
                "stable" => state.stable = version(),
                "candidate" => state.candidate = version(),
                "weight" => state.weight = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_script_writes() {
        let state = State::parse(
            "epoch=4\nattempt=a\nphase=applied\nstable=ab\nprevious=\ncandidate=cd\nweight=25\n",
        );
        let expected = State { stable: Some("ab".into()), candidate: Some("cd".into()), weight: 25 };
        assert_eq!(state, expected);
        assert_eq!(State::parse("stable=\ncandidate=\nweight=\n"), State::default());
    }
}
