//! Which request gets the candidate: evenly spread, without chance.

/// Spreads the candidate's share over the requests: of any 100 in a row, `weight` get it.
#[derive(Debug, Default)]
pub(crate) struct Split {
    /// Hundredths of a candidate request that are owed.
    owed: u8,
}

impl Split {
    /// Whether the next request gets the candidate, which has `weight` of 100.
    pub(crate) fn next(&mut self, weight: u8) -> bool {
        self.owed += weight.min(100);
        let candidate = self.owed >= 100;
        if candidate {
            self.owed -= 100;
        }
        candidate
    }
}

#[cfg(test)]
mod tests {
    use super::Split;

    #[test]
    fn any_hundred_requests_hold_the_weight() {
        let mut split = Split::default();
        for weight in 0..=100 {
            let hits: Vec<bool> = (0..300).map(|_| split.next(weight)).collect();
            for window in hits.windows(100) {
                let share = window.iter().filter(|hit| **hit).count();
                assert_eq!(share, usize::from(weight));
            }
        }
    }
}
