//! The kinds of tampering, and how each is done.

use cicd_core::audit::{Chain, ChainHead, StoredEvent};
use cicd_core::digest::Digest;
use cicd_core::id::TenantId;

use super::base::{Base, chains};
use super::copy::Copy;
use super::dice::Dice;

/// Something that never happened, in canonical bytes.
const FORGED: &str = r#"{"actor":{"id":"mallory","kind":"person"},"data":{},"kind":"release.approved","subject":{"id":"x","kind":"service"}}"#;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    FlipByte,
    Delete,
    Swap,
    Insert,
    CutAlone,
    EditAnew,
    DeleteAnew,
    SwapAnew,
    InsertAnew,
    Cut,
    Restore,
    Append,
}

/// What was done, and where it must show.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) tenant: TenantId,
    pub(super) chain: Chain,
    /// The hashes that the chain's events had before.
    pub(super) hashes: Vec<Digest>,
    /// The first event that no longer has its hash.
    pub(super) first: usize,
    /// The event that a verification alone must name.
    pub(super) named: Option<u64>,
}

impl Kind {
    pub(super) const ALL: [Self; 12] = [
        Self::FlipByte,
        Self::Delete,
        Self::Swap,
        Self::Insert,
        Self::CutAlone,
        Self::EditAnew,
        Self::DeleteAnew,
        Self::SwapAnew,
        Self::InsertAnew,
        Self::Cut,
        Self::Restore,
        Self::Append,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::FlipByte => "flip a byte",
            Self::Delete => "delete",
            Self::Swap => "swap",
            Self::Insert => "insert",
            Self::CutAlone => "cut, leave the head",
            Self::EditAnew => "edit, compute anew",
            Self::DeleteAnew => "delete, compute anew",
            Self::SwapAnew => "swap, compute anew",
            Self::InsertAnew => "insert, compute anew",
            Self::Cut => "cut, set the head back",
            Self::Restore => "restore an old copy",
            Self::Append => "append",
        }
    }

    pub(super) const fn is_found_alone(self) -> bool {
        matches!(self, Self::FlipByte | Self::Delete | Self::Swap | Self::Insert | Self::CutAlone)
    }

    pub(super) const fn is_found_beside_the_head(self) -> bool {
        !matches!(self, Self::Append)
    }

    /// Does it to a chain of `copy`.
    pub(super) async fn inflict(self, base: &Base, copy: &Copy, dice: &mut Dice) -> Mark {
        let chains = chains();
        let which = dice.below(chains.len());
        let ((tenant, chain), before) = (chains[which].clone(), base.events(which).to_vec());
        let hashes: Vec<Digest> = before.iter().map(|event| event.hash).collect();
        let count = before.len();
        let forgery = Forgery { tenant: tenant.clone(), chain, events: before };
        // An event that others follow, and one after it.
        let one = dice.below(count - 1);
        let other = one + 1 + dice.below(count - 1 - one);
        let (after, head, first, named) = match self {
            Self::FlipByte => {
                let place = forgery.flip(copy, dice).await;
                return Mark { tenant, chain, hashes, first: place, named: Some(place as u64) };
            }
            Self::Restore => {
                let first = base.restore(copy, dice, which) + 1;
                return Mark { tenant, chain, hashes, first, named: None };
            }
            Self::Delete => (forgery.without(one), None, one + 1, Some(one + 1)),
            Self::Swap => (forgery.swapped(one, other), None, one + 1, Some(one + 1)),
            // The forged event follows; the next one names another predecessor.
            Self::Insert => (forgery.with(one), None, one + 1, Some(one + 2)),
            Self::CutAlone => (forgery.cut(one), forgery.head(), one + 1, Some(one + 1)),
            Self::EditAnew => (forgery.edited(one, dice).anew(one), None, one + 1, None),
            Self::DeleteAnew => (forgery.without(one).anew(one), None, one + 1, None),
            Self::SwapAnew => (forgery.swapped(one, other).anew(one), None, one + 1, None),
            Self::InsertAnew => (forgery.with(one).anew(one), None, one + 1, None),
            Self::Cut => (forgery.cut(one), None, one + 1, None),
            Self::Append => (forgery.with(count), None, count + 1, None),
        };
        copy.put(&tenant, chain, &after.events, head).await;
        Mark { tenant, chain, hashes, first, named: named.map(|seq| seq as u64) }
    }
}

/// A chain on its way to what somebody wants it to be.
#[derive(Clone)]
struct Forgery {
    tenant: TenantId,
    chain: Chain,
    events: Vec<StoredEvent>,
}

impl Forgery {
    fn changed(&self, change: impl FnOnce(&mut Vec<StoredEvent>)) -> Self {
        let mut changed = self.clone();
        change(&mut changed.events);
        changed
    }

    fn head(&self) -> Option<ChainHead> {
        head(&self.events)
    }

    fn without(&self, index: usize) -> Self {
        self.changed(|events| drop(events.remove(index)))
    }

    fn cut(&self, length: usize) -> Self {
        self.changed(|events| events.truncate(length))
    }

    /// Two events in each other's places.
    fn swapped(&self, one: usize, other: usize) -> Self {
        self.changed(|events| {
            events.swap(one, other);
            let seq = events[one].seq;
            events[one].seq = events[other].seq;
            events[other].seq = seq;
        })
    }

    /// A forged event before the one at `index`, with its right hash; those after it move on.
    fn with(&self, index: usize) -> Self {
        self.changed(|events| {
            let before = head(&events[..index]).unwrap_or(ChainHead::EMPTY);
            let at = events.get(index).or(events.last()).unwrap().at;
            let (forged, _) = before.append(&self.tenant, self.chain, at, FORGED.to_owned());
            events[index..].iter_mut().for_each(|event| event.seq += 1);
            events.insert(index, forged);
        })
    }

    /// Other bytes, or another time.
    fn edited(&self, index: usize, dice: &mut Dice) -> Self {
        let bytes = dice.below(2) == 0;
        self.changed(|events| {
            let event = &mut events[index];
            match bytes {
                true => FORGED.clone_into(&mut event.bytes),
                false => event.at = event.at.plus_micros(1),
            }
        })
    }

    /// Every sequence and hash from `index` on computed anew.
    fn anew(self, index: usize) -> Self {
        self.changed(|events| {
            let mut end = head(&events[..index]).unwrap_or(ChainHead::EMPTY);
            for event in &mut events[index..] {
                let bytes = std::mem::take(&mut event.bytes);
                (*event, end) = end.append(&self.tenant, self.chain, event.at, bytes);
            }
        })
    }

    /// Flips some bits of one byte of an event, in the file, or of its time; gives its sequence.
    async fn flip(&self, copy: &Copy, dice: &mut Dice) -> usize {
        loop {
            let index = dice.below(self.events.len());
            let event = &self.events[index];
            let offset = dice.below(event.bytes.len() + 2 * 32 + 8);
            let bits = u8::try_from(1 + dice.below(255)).unwrap();
            if offset < event.bytes.len() + 2 * 32 {
                // One that lies in pieces is left for another.
                if copy.flip(event, offset, bits) {
                    return index + 1;
                }
                continue;
            }
            let flipped = self.changed(|events| {
                let at = &mut events[index].at;
                // Of eight bytes the lower five, so that it stays a time.
                let shift = 8 * dice.below(5);
                *at = cicd_core::time::Timestamp::from_micros(at.as_micros() ^ (i64::from(bits) << shift));
            });
            copy.put(&self.tenant, self.chain, &flipped.events, self.head()).await;
            return index + 1;
        }
    }
}

fn head(events: &[StoredEvent]) -> Option<ChainHead> {
    events.last().map(|event| ChainHead { seq: event.seq, hash: event.hash, at: event.at })
}
