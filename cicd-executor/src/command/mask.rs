//! Replaces secrets in a stream of bytes, wherever the stream is cut into chunks.

use std::collections::{BTreeMap, VecDeque};

/// What stands in the log in a secret's place.
pub(crate) const MASK: &[u8] = b"***";

/// Lines of a secret that are shorter than this are not masked on their own: `}` or `EOF` would blot out the log.
const SHORTEST_LINE: usize = 8;

/// An Aho–Corasick automaton over the secrets, and the bytes that may still become part of one.
#[derive(Debug)]
pub(crate) struct Masker {
    nodes: Vec<Node>,
    state: usize,
    /// Bytes held back, each with whether it belongs to a secret.
    held: VecDeque<(u8, bool)>,
    /// Whether the last byte given out belonged to a secret.
    masking: bool,
}

#[derive(Debug, Default)]
struct Node {
    next: BTreeMap<u8, usize>,
    /// The node of the longest proper suffix that is a prefix of some secret.
    fallback: usize,
    depth: usize,
    /// The length of the longest secret that ends here; 0 when none does.
    ends: usize,
}

impl Masker {
    /// Masks `secrets`: each whole, without the line break at its end, and each longer line of it on its own.
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut masker =
            Self { nodes: vec![Node::default()], state: 0, held: VecDeque::new(), masking: false };
        for secret in secrets {
            let whole = secret.trim_end_matches(['\r', '\n']);
            masker.add(whole.as_bytes());
            for line in whole.lines().map(str::trim).filter(|line| line.len() >= SHORTEST_LINE) {
                masker.add(line.as_bytes());
            }
        }
        masker.link();
        masker
    }

    /// Takes the next bytes of the stream and appends to `out` what can be given out by now.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.nodes.len() == 1 {
            out.extend_from_slice(bytes);
            return;
        }
        for byte in bytes {
            self.step(*byte);
            let depth = self.node(self.state).depth;
            self.give_out(depth, out);
        }
    }

    /// Gives out what was held back: the stream ended.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        self.give_out(0, out);
        self.forget();
    }

    /// Drops what was held back: the rest of the stream is not kept.
    pub(crate) fn forget(&mut self) {
        self.held.clear();
        self.state = 0;
        self.masking = false;
    }

    fn step(&mut self, byte: u8) {
        self.held.push_back((byte, false));
        self.state = self.target(self.state, byte);
        let ends = self.node(self.state).ends;
        for (_, secret) in self.held.iter_mut().rev().take(ends) {
            *secret = true;
        }
    }

    /// No secret that is still to end begins before the last `keep` bytes: all before them is decided.
    fn give_out(&mut self, keep: usize, out: &mut Vec<u8>) {
        while self.held.len() > keep {
            let Some((byte, secret)) = self.held.pop_front() else { return };
            match (secret, self.masking) {
                (false, _) => out.push(byte),
                (true, false) => out.extend_from_slice(MASK),
                (true, true) => {}
            }
            self.masking = secret;
        }
    }

    fn add(&mut self, secret: &[u8]) {
        let mut at = 0;
        for byte in secret {
            at = match self.node(at).next.get(byte) {
                Some(next) => *next,
                None => {
                    let created = self.nodes.len();
                    self.nodes.push(Node { depth: self.node(at).depth + 1, ..Node::default() });
                    self.node_mut(at).next.insert(*byte, created);
                    created
                }
            };
        }
        self.node_mut(at).ends = secret.len();
    }

    /// Breadth first: a node's fallback is shallower than the node, and so already linked.
    fn link(&mut self) {
        let mut queue = VecDeque::from([0]);
        while let Some(at) = queue.pop_front() {
            let children: Vec<_> = self.node(at).next.iter().map(|(byte, child)| (*byte, *child)).collect();
            for (byte, child) in children {
                let fallback = if at == 0 { 0 } else { self.target(self.node(at).fallback, byte) };
                let inherited = self.node(fallback).ends;
                let node = self.node_mut(child);
                node.fallback = fallback;
                node.ends = node.ends.max(inherited);
                queue.push_back(child);
            }
        }
    }

    fn target(&self, from: usize, byte: u8) -> usize {
        let mut at = from;
        loop {
            match self.node(at).next.get(&byte) {
                Some(next) => return *next,
                None if at == 0 => return 0,
                None => at = self.node(at).fallback,
            }
        }
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "node numbers are given out by `add` and nodes are never removed"
    )]
    fn node(&self, at: usize) -> &Node {
        &self.nodes[at]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "node numbers are given out by `add` and nodes are never removed"
    )]
    fn node_mut(&mut self, at: usize) -> &mut Node {
        &mut self.nodes[at]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn masked(secrets: &[&str], chunks: &[&[u8]]) -> String {
        let mut masker = Masker::new(secrets.iter().copied());
        let mut out = Vec::new();
        for chunk in chunks {
            masker.push(chunk, &mut out);
        }
        masker.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn finds_a_secret_that_is_split_over_chunks() {
        assert_eq!(masked(&["hunter2"], &[b"pass=hun", b"ter", b"2\n"]), "pass=***\n");
        assert_eq!(masked(&["hunter2"], &[b"pass=hun", b"ted\n"]), "pass=hunted\n");
    }

    #[test]
    fn masks_overlapping_and_nested_secrets_whole() {
        assert_eq!(masked(&["abcd", "cdef"], &[b"xabcdefx"]), "x***x");
        assert_eq!(masked(&["bc", "abcd"], &[b"abcx abcd bc"]), "a***x *** ***");
    }

    #[test]
    fn masks_the_lines_of_a_key_that_a_tool_prints_one_by_one() {
        let key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\n}\n-----END KEY-----\n";
        assert_eq!(masked(&[key], &[b"> MIIEvQIBADANBg <\n}\n"]), "> *** <\n}\n");
        assert_eq!(masked(&[key], &[key.as_bytes()]), "***\n");
    }

    #[test]
    fn holds_back_only_what_may_become_a_secret() {
        let mut masker = Masker::new(["secret"]);
        let mut out = Vec::new();
        masker.push(b"plain text, then sec", &mut out);
        assert_eq!(out, b"plain text, then ");
    }

    #[test]
    fn without_secrets_nothing_changes() {
        assert_eq!(masked(&[], &[b"a\n"]), "a\n");
        assert_eq!(masked(&["", "\n"], &[b"a\n"]), "a\n");
    }

    /// Marks every byte of every occurrence, the slow way.
    fn reference(secrets: &[String], text: &[u8]) -> Vec<u8> {
        let mut secret = vec![false; text.len()];
        for needle in secrets.iter().map(String::as_bytes).filter(|needle| !needle.is_empty()) {
            for (at, window) in text.windows(needle.len()).enumerate() {
                if window == needle {
                    secret[at..at + needle.len()].fill(true);
                }
            }
        }
        let mut out = Vec::new();
        for (at, byte) in text.iter().enumerate() {
            match (secret[at], at > 0 && secret[at - 1]) {
                (false, _) => out.push(*byte),
                (true, false) => out.extend_from_slice(MASK),
                (true, true) => {}
            }
        }
        out
    }

    proptest! {
        #[test]
        fn agrees_with_the_slow_way_however_the_stream_is_cut(
            secrets in proptest::collection::vec("[ab]{0,4}", 0..4),
            text in "[abc]{0,40}",
            cuts in proptest::collection::vec(0_usize..40, 0..6),
        ) {
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let mut masker = Masker::new(secrets.iter().map(String::as_str));
            let mut out = Vec::new();
            for pair in cuts.windows(2) {
                masker.push(&text.as_bytes()[pair[0]..pair[1]], &mut out);
            }
            masker.finish(&mut out);
            prop_assert_eq!(out, reference(&secrets, text.as_bytes()));
        }
    }
}
