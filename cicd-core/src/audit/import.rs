//! An export read back: the chains of a file of JSON Lines, verified by whoever holds the file.

use serde_json::Value;

use super::{Chain, ChainError, ChainHead, ChainReport, StoredEvent, verify};
use crate::digest::Digest;
use crate::id::TenantId;
use crate::time::Timestamp;

/// A line that is no event of an export.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the line is not an event of an export: {0}")]
pub struct NotALine(String);

/// The hash of an event that was kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Whose chain.
    pub tenant: TenantId,
    /// Which of the tenant's chains.
    pub chain: Chain,
    /// The event.
    pub seq: u64,
    /// Its hash.
    pub hash: Digest,
}

/// Reads what [`json_line`](super::json_line) wrote.
///
/// # Errors
/// [`NotALine`].
pub fn read_json_line(line: &str) -> Result<(TenantId, StoredEvent), NotALine> {
    let line: Value = serde_json::from_str(line).map_err(|error| NotALine(error.to_string()))?;
    let text = |name| line.get(name).and_then(Value::as_str).ok_or_else(|| lacks(name));
    let digest = |name| text(name)?.parse::<Digest>().map_err(|error| NotALine(error.to_string()));
    let tenant = text("tenant")?.parse().map_err(|_| lacks("tenant"))?;
    let chain = match text("chain")? {
        "ledger" => Chain::Ledger,
        "security" => Chain::Security,
        _ => return Err(lacks("chain")),
    };
    let seq = line.get("seq").and_then(Value::as_u64).ok_or_else(|| lacks("seq"))?;
    let micros = line.get("at_micros").and_then(Value::as_i64).ok_or_else(|| lacks("at_micros"))?;
    let at = Timestamp::from_micros(micros);
    // A time that is held within bounds is another time than the line says.
    if at.as_micros() != micros {
        return Err(NotALine(format!("`at_micros` is {micros}; accepted: the years 1970 to 9999")));
    }
    let bytes = text("bytes")?.to_owned();
    Ok((tenant, StoredEvent { chain, seq, at, bytes, previous: digest("previous")?, hash: digest("hash")? }))
}

fn lacks(name: &str) -> NotALine {
    NotALine(format!("`{name}` is missing or not what an export holds"))
}

/// Verifies an export line by line. Every chain must be there from its first event on, or from the event after one whose
/// hash was kept elsewhere.
///
/// ```
/// use cicd_core::audit::{AuditEvent, Chain, ChainHead, Import, json_line};
/// use cicd_core::time::Timestamp;
/// let tenant = "acme".parse()?;
/// let (event, head) = ChainHead::EMPTY.append(&tenant, Chain::Ledger, Timestamp::EPOCH, "{}".to_owned());
/// let mut line = Vec::new();
/// json_line(&tenant, &event, &mut line)?;
/// let mut import = Import::default();
/// import.read(std::str::from_utf8(&line)?)?;
/// let reports = import.finish();
/// assert_eq!((reports[0].head, &reports[0].error), (head, &None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// By tenant, chain and sequence.
    kept: Vec<Kept>,
    /// By tenant and chain.
    reports: Vec<ChainReport>,
}

impl Import {
    /// Expects the hashes that were kept elsewhere to be in the export, or right before it. Of two of one event the later
    /// one counts.
    pub fn expecting(kept: impl IntoIterator<Item = Kept>) -> Self {
        let mut import = Self::default();
        for kept in kept {
            match import.kept_at(&kept.tenant, kept.chain, kept.seq) {
                Ok(place) => {
                    import.kept.remove(place);
                    import.kept.insert(place, kept);
                }
                Err(place) => import.kept.insert(place, kept),
            }
        }
        import
    }

    /// Verifies the next line. What is wrong with a chain is in its report, and the rest of that chain is not looked at.
    ///
    /// # Errors
    /// [`NotALine`]: the file is damaged, and nothing that comes after can be trusted.
    pub fn read(&mut self, line: &str) -> Result<(), NotALine> {
        let (tenant, event) = read_json_line(line)?;
        let place = match self.report_at(&tenant, event.chain) {
            Ok(place) => place,
            Err(place) => {
                let report = self.begin(tenant, &event);
                self.reports.insert(place, report);
                place
            }
        };
        let Some(report) = self.reports.get(place) else { return Ok(()) };
        if report.error.is_none() {
            let followed = self.follow(report, &event);
            if let Some(report) = self.reports.get_mut(place) {
                match followed {
                    Ok(head) => report.head = head,
                    Err(error) => report.error = Some(error),
                }
            }
        }
        Ok(())
    }

    /// What came of each chain, by tenant and chain.
    #[must_use]
    pub fn finish(mut self) -> Vec<ChainReport> {
        for kept in std::mem::take(&mut self.kept) {
            let place = self.report_at(&kept.tenant, kept.chain).unwrap_or_else(|place| {
                self.reports.insert(place, empty(kept.tenant, kept.chain));
                place
            });
            let Some(report) = self.reports.get_mut(place) else { continue };
            if report.error.is_none() && report.head.seq < kept.seq {
                report.error = Some(ChainError::Cut { expected: kept.seq, found: report.head.seq });
            }
        }
        self.reports
    }

    fn report_at(&self, tenant: &TenantId, chain: Chain) -> Result<usize, usize> {
        self.reports.binary_search_by(|report| (&report.tenant, report.chain).cmp(&(tenant, chain)))
    }

    fn kept_at(&self, tenant: &TenantId, chain: Chain, seq: u64) -> Result<usize, usize> {
        self.kept.binary_search_by(|kept| (&kept.tenant, kept.chain, kept.seq).cmp(&(tenant, chain, seq)))
    }

    fn kept(&self, tenant: &TenantId, chain: Chain, seq: u64) -> Option<Digest> {
        let place = self.kept_at(tenant, chain, seq).ok()?;
        self.kept.get(place).map(|kept| kept.hash)
    }

    /// A part begins after an event whose hash was kept.
    fn begin(&self, tenant: TenantId, first: &StoredEvent) -> ChainReport {
        let seq = first.seq.saturating_sub(1);
        let kept = self.kept(&tenant, first.chain, seq);
        let report = empty(tenant, first.chain);
        match kept {
            Some(hash) => {
                ChainReport { after: seq, head: ChainHead { seq, hash, ..ChainHead::EMPTY }, ..report }
            }
            None => report,
        }
    }

    fn follow(&self, report: &ChainReport, event: &StoredEvent) -> Result<ChainHead, ChainError> {
        let head = verify(&report.tenant, report.chain, report.head, [event])?;
        match self.kept(&report.tenant, report.chain, event.seq) {
            Some(hash) if hash != event.hash => Err(ChainError::Kept { seq: event.seq }),
            _ => Ok(head),
        }
    }
}

const fn empty(tenant: TenantId, chain: Chain) -> ChainReport {
    ChainReport { tenant, chain, after: 0, head: ChainHead::EMPTY, error: None }
}

#[cfg(test)]
mod tests {
    use super::super::json_line;
    use super::*;

    fn lines(tenant: &str, chain: Chain, count: i64) -> Vec<String> {
        let tenant: TenantId = tenant.parse().unwrap();
        let mut head = ChainHead::EMPTY;
        let line = |number: i64| {
            let now = Timestamp::from_micros(1_000 + number);
            let (event, next) = head.append(&tenant, chain, now, format!("{{\"n\":{number}}}"));
            head = next;
            let mut line = Vec::new();
            json_line(&tenant, &event, &mut line).unwrap();
            String::from_utf8(line).unwrap()
        };
        (0..count).map(line).collect()
    }

    fn verified(lines: &[String], kept: Vec<Kept>) -> Vec<(u64, Option<String>)> {
        let mut import = Import::expecting(kept);
        for line in lines {
            import.read(line).unwrap();
        }
        let report = |report: ChainReport| (report.head.seq, report.error.map(|error| error.to_string()));
        import.finish().into_iter().map(report).collect()
    }

    fn kept(line: &str) -> Kept {
        let (tenant, event) = read_json_line(line).unwrap();
        Kept { tenant, chain: event.chain, seq: event.seq, hash: event.hash }
    }

    #[test]
    fn each_chain_is_followed_by_itself() {
        let (ledger, security) = (lines("acme", Chain::Ledger, 3), lines("acme", Chain::Security, 2));
        let mixed: Vec<_> =
            [&ledger[0], &security[0], &ledger[1], &security[1], &ledger[2]].into_iter().cloned().collect();
        assert_eq!(verified(&mixed, Vec::new()), [(3, None), (2, None)]);
    }

    #[test]
    fn what_was_altered_is_named() {
        let mut altered = lines("acme", Chain::Ledger, 4);
        altered[2] = altered[2].replace("{\\\"n\\\":2}", "{\\\"n\\\":7}");
        let error = "event 3 does not have the hash of its contents".to_owned();
        assert_eq!(verified(&altered, Vec::new()), [(2, Some(error))]);
        let whole = lines("acme", Chain::Ledger, 4);
        let gap = "event 3 stands where event 2 should".to_owned();
        let with_gap = [&whole[..1], &whole[2..]].concat();
        assert_eq!(verified(&with_gap, Vec::new()), [(1, Some(gap))]);
    }

    #[test]
    fn what_was_kept_must_be_there() {
        let whole = lines("acme", Chain::Ledger, 4);
        assert_eq!(verified(&whole, vec![kept(&whole[3])]), [(4, None)]);
        assert_eq!(verified(&whole[2..], vec![kept(&whole[1])]), [(4, None)], "a part, after what was kept");
        let cut = "the chain ends at event 3, but event 4 was kept elsewhere".to_owned();
        assert_eq!(verified(&whole[..3], vec![kept(&whole[3])]), [(3, Some(cut))]);
        let other = Kept { hash: Digest::of(b"other"), ..kept(&whole[1]) };
        let renewed = "event 2 does not have the hash that was kept elsewhere".to_owned();
        assert_eq!(verified(&whole, vec![other]), [(1, Some(renewed))]);
        let gone = "the chain ends at event 0, but event 4 was kept elsewhere".to_owned();
        assert_eq!(verified(&[], vec![kept(&whole[3])]), [(0, Some(gone))]);
    }

    #[test]
    fn a_line_that_is_none_is_refused() {
        let line = lines("acme", Chain::Ledger, 1).remove(0);
        for broken in ["", "{}", "7", &line.replace("\"seq\":1", "\"seq\":-1"), &line[..40]] {
            assert!(read_json_line(broken).is_err(), "{broken}");
        }
        let early = line.replace("\"at_micros\":1000", "\"at_micros\":-1");
        assert!(read_json_line(&early).unwrap_err().to_string().contains("1970"), "{early}");
    }
}
