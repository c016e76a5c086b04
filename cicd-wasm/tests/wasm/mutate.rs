//! Cases made of those of the corpus: parts altered, removed, added, or taken from where one of that name was.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::corpus::Case;

/// `SplitMix64`: small, and the same everywhere.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).expect("a length")).expect("a length")
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Makes cases.
pub(crate) struct Mutator {
    cases: BTreeMap<&'static str, Vec<Value>>,
    /// Parts of the corpus by the names that they stand under, to be put where another one of that name was.
    parts: BTreeMap<String, Vec<Value>>,
    /// Parts to be put where they don't belong.
    odd: Vec<Value>,
}

impl Mutator {
    pub(crate) fn of(cases: Vec<Case>) -> Self {
        let mut mutator = Self { cases: BTreeMap::new(), parts: BTreeMap::new(), odd: odd() };
        for Case { function, arguments, .. } in cases {
            for place in places(&arguments) {
                let part = arguments.pointer(&place).expect("a place within");
                mutator.parts.entry(name(&place)).or_default().push(part.clone());
            }
            mutator.cases.entry(function).or_default().push(arguments);
        }
        mutator
    }

    /// A function with arguments that differ in up to three places from some of its corpus.
    pub(crate) fn make(&self, random: &mut Random) -> (&'static str, String) {
        let function = *random.pick(cicd_wasm::FUNCTIONS);
        let mut arguments = random.pick(&self.cases[function]).clone();
        for _ in 0..*random.pick(&[1, 1, 1, 2, 2, 3]) {
            let places = places(&arguments);
            let place = random.pick(&places);
            self.alter(place, arguments.pointer_mut(place).expect("a place within"), random);
        }
        (function, arguments.to_string())
    }

    fn alter(&self, place: &str, found: &mut Value, random: &mut Random) {
        match (found, random.below(8)) {
            (found, 0) => *found = random.pick(&self.odd).clone(),
            (Value::Object(members), 1) if !members.is_empty() => {
                alter_object(members, random.pick(&self.odd).clone(), random);
            }
            (Value::Array(items), 1..4) if !items.is_empty() => {
                alter_list(items, random.pick(&self.odd).clone(), random);
            }
            (Value::String(text), 1..4) => alter_text(text, random),
            (found @ Value::Number(_), 1..4) => {
                let near = found.as_i64().unwrap_or(0).wrapping_add(*random.pick(&[-1, 1, 1_000, -60]));
                *found = near.into();
            }
            (found, _) => *found = random.pick(self.parts.get(&name(place)).unwrap_or(&self.odd)).clone(),
        }
    }
}

/// What a place is called: its member's name, or that of the list around it.
fn name(place: &str) -> String {
    let mut names = place.rsplit('/').filter(|name| name.parse::<usize>().is_err());
    names.next().unwrap_or_default().to_owned()
}

/// The places of a value, itself first.
fn places(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut next = 0;
    while let Some(place) = found.get(next).cloned() {
        next += 1;
        match value.pointer(&place) {
            Some(Value::Object(members)) => {
                let escaped = members.keys().map(|name| name.replace('~', "~0").replace('/', "~1"));
                found.extend(escaped.map(|name| format!("{place}/{name}")));
            }
            Some(Value::Array(items)) => {
                found.extend((0..items.len()).map(|index| format!("{place}/{index}")))
            }
            _ => {}
        }
    }
    found
}

fn alter_object(members: &mut Map<String, Value>, part: Value, random: &mut Random) {
    let names: Vec<String> = members.keys().cloned().collect();
    let name = random.pick(&names);
    match random.below(3) {
        0 => drop(members.remove(name)),
        1 => drop(members.insert(name.clone(), part)),
        _ => drop(members.insert(random.pick(&["colour", "a/b~c", "", "type", "kind"]).to_string(), part)),
    }
}

fn alter_list(items: &mut Vec<Value>, part: Value, random: &mut Random) {
    let place = random.below(items.len());
    match random.below(4) {
        0 => drop(items.remove(place)),
        1 => items.insert(place, part),
        2 => items.push(items[place].clone()),
        _ => {
            let other = random.below(items.len());
            items.swap(place, other);
        }
    }
}

fn alter_text(text: &mut String, random: &mut Random) {
    let mut characters: Vec<char> = text.chars().collect();
    let place = random.below(characters.len() + 1);
    let odd =
        *random.pick(&['0', '1', 'a', 'f', 'Z', '"', '\\', '/', '-', ' ', '\n', '\0', 'ä', '\u{2028}', '🚀']);
    match random.below(4) {
        0 => characters.truncate(place),
        1 => characters.insert(place, odd),
        2 if place < characters.len() => drop(characters.remove(place)),
        _ if place < characters.len() => characters[place] = odd,
        _ => characters.push(odd),
    }
    *text = characters.into_iter().collect();
}

fn odd() -> Vec<Value> {
    let mut odd = vec![Value::Null, json!(true), json!(false), json!([]), json!({}), json!("")];
    odd.extend([
        json!(0),
        json!(-1),
        json!(1),
        json!(1.5),
        json!(-0.0),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MIN),
    ]);
    odd.extend(["x", "manual", "1", "ä", "\0", "\u{feff}"].map(Value::from));
    odd.push("x".repeat(5_000).into());
    odd
}
