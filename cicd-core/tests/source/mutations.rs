//! Mutations of true deliveries: none is taken. `CICD_PROVE_CASES` says how many for each scheme, `CICD_PROVE_SEED` which;
//! both are printed.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use cicd_core::source::{Provider, Scheme};

use crate::sender::{BODY, FORGES, SECRET, Sent, hex, hmac, standard, standard_secret};

/// How many mutations of each scheme are tried unless `CICD_PROVE_CASES` says otherwise.
const CASES: u64 = 2_000;

/// xorshift64*: repeatable, and good enough to choose what to change.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % most as u64).unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "the seed and the count of a proof come from its runner")]
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect(variable))
}

/// Changes one to three things in the bytes.
fn mutate(dice: &mut Dice, bytes: &mut Vec<u8>) {
    for _ in 0..=dice.below(3) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.insert(at, u8::try_from(dice.below(256)).unwrap()),
            3 => bytes.truncate(at),
            4 if at < bytes.len() => bytes[at] = b"0123456789abcdefABCDEF ,.=v"[dice.below(27)],
            _ => {
                let piece = bytes[..at].to_vec();
                bytes.extend(piece);
            }
        }
    }
}

/// A delivery that differs from `sent` in what is verified.
fn mutated(dice: &mut Dice, sent: &Sent) -> Sent {
    loop {
        let mut other = sent.clone();
        let place = dice.below(sent.headers.len() + 1);
        match other.headers.get_mut(place) {
            None => mutate(dice, &mut other.body),
            Some((_, value)) => mutate(dice, value),
        }
        if (other.body != sent.body || other.headers != sent.headers) && !lists_the_same(&other, sent) {
            return other;
        }
    }
}

type Header = (String, Vec<u8>);

/// Whether only the list of signatures differs, and the true one is still in it: Standard Webhooks lets others stand beside it.
fn lists_the_same(other: &Sent, sent: &Sent) -> bool {
    let mut pairs = other.headers.iter().zip(&sent.headers);
    let same = |((name, value), (_, was)): (&Header, &Header)| {
        let listed = name == "webhook-signature" && value.split(|byte| *byte == b' ').any(|one| one == was);
        value == was || listed
    };
    other.body == sent.body && pairs.all(same)
}

fn schemes() -> Vec<((Provider, Scheme), String, Sent)> {
    let mac = hex(&hmac(SECRET.as_bytes(), BODY));
    let (key, secret) = standard_secret("shop");
    let signed = standard(&key, "msg_1", "1700000000", BODY);
    let forges = FORGES.map(|(provider, header, prefix)| {
        let sent = Sent::new(&[(header, &format!("{prefix}{mac}"))], BODY);
        ((provider, Scheme::Signature), SECRET.to_owned(), sent)
    });
    let mut all = Vec::from(forges);
    all.push(((Provider::Gitlab, Scheme::Signature), secret.clone(), signed.clone()));
    all.push(((Provider::StandardWebhooks, Scheme::Signature), secret, signed));
    all
}

#[test]
fn no_mutation_is_taken() {
    let cases = number("CICD_PROVE_CASES").unwrap_or(CASES);
    let seed = number("CICD_PROVE_SEED").unwrap_or_else(|| RandomState::new().build_hasher().finish());
    println!("{cases} mutations of each scheme, CICD_PROVE_SEED={seed}");
    let mut dice = Dice(seed | 1);
    for (by, secret, sent) in schemes() {
        assert_eq!(sent.check(by, &[&secret]), Ok(()), "{by:?}");
        for _ in 0..cases {
            let other = mutated(&mut dice, &sent);
            assert!(other.check(by, &[&secret]).is_err(), "CICD_PROVE_SEED={seed}: {by:?} takes {other:?}");
        }
    }
    // A token says nothing of the body, so only the token is changed.
    for _ in 0..cases {
        let mut token = SECRET.as_bytes().to_vec();
        mutate(&mut dice, &mut token);
        let taken = Sent::new(&[], BODY)
            .and("X-Gitlab-Token", &token)
            .check((Provider::Gitlab, Scheme::Token), &[SECRET]);
        assert_eq!(taken.is_ok(), token == SECRET.as_bytes(), "CICD_PROVE_SEED={seed}: {token:?}");
    }
    println!("{} mutations, none taken", cases * 7);
}
