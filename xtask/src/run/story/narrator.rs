//! Tells the story on standard output.

use std::fmt::Display;

/// Numbers the chapters.
#[derive(Default)]
pub(super) struct Narrator {
    chapters: u32,
}

impl Narrator {
    pub(super) fn chapter(&mut self, title: &str) {
        self.chapters += 1;
        println!("\n{}. {title}", self.chapters);
    }

    /// Something that happened and was checked.
    pub(super) fn fact(&self, fact: impl Display) {
        println!("   ✓ {fact}");
    }

    /// What a program printed.
    pub(super) fn quote(&self, text: &str) {
        for line in text.lines() {
            println!("   │ {line}");
        }
    }
}
