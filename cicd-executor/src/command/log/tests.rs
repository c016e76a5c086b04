//! Logs in memory.

use std::sync::Arc;

use super::super::testing::{Lines, log};
use super::{Log, LogLimits};

async fn logged(limits: LogLimits, write: impl FnOnce(&mut Log)) -> String {
    let lines = Arc::new(Lines::default());
    let mut log = log(&lines, limits);
    write(&mut log);
    log.end_of_output();
    log.flush().await;
    lines.text()
}

#[tokio::test]
async fn notes_stand_on_lines_of_their_own() {
    let text = logged(LogLimits::default(), |log| {
        log.output(b"half a line");
        log.note("step `build` timed out");
        log.output(b"more\n");
    });
    assert_eq!(text.await, "half a line\n[cicd] step `build` timed out\nmore\n");
}

#[tokio::test]
async fn a_full_log_says_once_that_it_was_cut_and_still_takes_notes() {
    let limits = LogLimits { kept_bytes: 4, flood_bytes: 8 };
    let text = logged(limits, |log| {
        log.output(b"abc");
        log.output(b"def");
        assert!(!log.flooded());
        log.output(b"ghi");
        assert!(log.flooded());
        log.note("over");
    });
    assert_eq!(text.await, "abcd\n[cicd] the log is cut: more than 4 bytes of output\n[cicd] over\n");
}

#[tokio::test]
async fn a_note_is_masked_and_does_not_join_what_stands_around_it() {
    let text = logged(LogLimits::default(), |log| {
        log.mask(["secret"]);
        log.output(b"sec");
        log.note("the secret is out");
        log.output(b"ret secret\n");
    });
    assert_eq!(text.await, "sec\n[cicd] the *** is out\nret ***\n");
}

#[tokio::test]
async fn the_cut_does_not_show_the_beginning_of_a_secret() {
    let limits = LogLimits { kept_bytes: 5, flood_bytes: 1 << 20 };
    let text = logged(limits, |log| {
        log.mask(["secret"]);
        log.output(b"ab secret cd");
    });
    assert_eq!(text.await, "ab **\n[cicd] the log is cut: more than 5 bytes of output\n");
}

#[tokio::test]
async fn the_last_line_is_the_last_child_s_and_masked() {
    let mut log = log(&Arc::new(Lines::default()), LogLimits::default());
    log.mask(["secret"]);
    log.output(b"first\nthe secret was wrong\n\n");
    log.note("our own");
    assert_eq!(log.last_line(), "the *** was wrong");
    log.begin_output();
    assert_eq!(log.last_line(), "");
}
