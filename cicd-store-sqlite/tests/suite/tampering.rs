//! What somebody who owns the file can do to the chains, and who finds it: a verification alone, or only one beside a head
//! that was kept elsewhere. Each mutation is made on a copy, past every trigger; `docs/AUDIT.md` has the table.
#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

mod base;
mod copy;
mod dice;
mod mutation;

use std::collections::BTreeMap;

use cicd_core::digest::Digest;
use cicd_core::trail::{CHAINS, Known, Trail, verify, verify_tenant};

use base::{Base, chains};
use copy::Copy;
use dice::Dice;
use mutation::{Kind, Mark};

#[tokio::test]
async fn each_kind_is_found_by_whom_the_table_says() {
    let (cases, seed) = (number("CICD_PROVE_CASES").unwrap_or(300), number("CICD_PROVE_SEED").unwrap_or(0));
    println!("{cases} mutations, CICD_PROVE_SEED={seed}");
    let base = Base::lived_in().await;
    let mut table: BTreeMap<Kind, [u64; 4]> = BTreeMap::new();
    for case in 0..cases {
        let mut dice = Dice::new(seed.wrapping_add(case));
        let kind = Kind::ALL[usize::try_from(case).unwrap() % Kind::ALL.len()];
        let copy = base.copy();
        let mark = kind.inflict(&base, &copy, &mut dice).await;
        let seen =
            judged(kind, &mark, &copy, &mut dice, &format!("seed {} of {kind:?}", seed.wrapping_add(case)))
                .await;
        let row = table.entry(kind).or_default();
        row.iter_mut().zip(seen).for_each(|(count, seen)| *count += u64::from(seen));
    }
    println!(
        "{:<24} {:>6} {:>12} {:>18} {:>22}",
        "", "copies", "found alone", "beside the head", "beside an earlier one"
    );
    for (kind, [all, alone, head, earlier]) in table {
        println!("{:<24} {all:>6} {alone:>12} {head:>18} {earlier:>22}", kind.name());
        let expected = |found: bool| if found { all } else { 0 };
        assert_eq!(
            (alone, head),
            (expected(kind.is_found_alone()), expected(kind.is_found_beside_the_head()))
        );
    }
}

/// That there was a copy, and who found it: a verification alone, one beside the last head, one beside an earlier one.
async fn judged(kind: Kind, mark: &Mark, copy: &Copy, dice: &mut Dice, case: &str) -> [bool; 4] {
    let trail = copy.trail().await;
    let mut wrong = Vec::new();
    for tenant in trail.tenants().await.unwrap() {
        let reports = verify_tenant(&trail, &tenant).await.unwrap();
        wrong.extend(reports.into_iter().filter(|report| report.error.is_some()));
    }
    let alone = !wrong.is_empty();
    assert_eq!(alone, kind.is_found_alone(), "{case}: {wrong:?}");
    if let [report] = &wrong[..] {
        let named = report.error.as_ref().map(cicd_core::audit::ChainError::seq);
        assert_eq!(
            (&report.tenant, report.chain, named),
            (&mark.tenant, mark.chain, mark.named),
            "{case}: {report:?}"
        );
    }
    let last = mark.hashes.len();
    let kept = dice.below(last) + 1;
    let beside_head = found(&trail, mark, 0, last).await;
    let beside_earlier = found(&trail, mark, 0, kept).await;
    // A kept hash shows everything that was done up to its event, and nothing that was done later.
    assert_eq!(beside_earlier, alone || kept >= mark.first, "{case}: {mark:?}, kept {kept}");
    if !alone {
        // A checkpoint is a kept hash too, and what is before it is not read again.
        assert_eq!(
            found(&trail, mark, kept, kept).await,
            kept >= mark.first,
            "{case}: {mark:?}, from {kept}"
        );
    }
    [true, alone, beside_head, beside_earlier]
}

/// Whether a verification from `after` on finds something, beside the hash that event `kept` had.
async fn found(trail: &dyn Trail, mark: &Mark, after: usize, kept: usize) -> bool {
    let hash: Digest = mark.hashes[kept - 1];
    let known = Known { after: after as u64, kept: [(kept as u64, hash)].into() };
    let report = verify(trail, &mark.tenant, mark.chain, &known, &mut |_| {}).await.unwrap();
    report.error.is_some()
}

#[tokio::test]
async fn what_was_not_touched_is_sound() {
    let base = Base::lived_in().await;
    let copy = base.copy();
    for (which, (tenant, chain)) in chains().into_iter().enumerate() {
        let events = base.events(which);
        assert!(events.len() >= 8, "{tenant}/{}", chain.as_str());
        copy.put(&tenant, chain, events, None).await;
    }
    let trail = copy.trail().await;
    for tenant in trail.tenants().await.unwrap() {
        let reports = verify_tenant(&trail, &tenant).await.unwrap();
        assert!(
            reports.len() == CHAINS.len() && reports.iter().all(|report| report.error.is_none()),
            "{reports:?}"
        );
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|number| number.parse().ok())
}
