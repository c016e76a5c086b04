//! What happens to heads, inside Redis and by its clock: the same as [`cicd_core::port::Head`] does.
//!
//! A head is `seq known_until kept_until`; Redis forgets it when it is no longer kept.

use cicd_core::port::{Heads, Moment};
use redis::aio::ConnectionManager;
use redis::{RedisResult, Script};

const NOW: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function read(key)
    local seq, known, kept = string.match(redis.call('GET', key) or '', '^(%d+) (%d+) (%d+)$')
    if seq and now < tonumber(kept) then return tonumber(seq), tonumber(known), tonumber(kept) end
    return nil, 0, 0
end
local function write(key, seq, known, kept)
    local left = math.ceil((kept - now) / 1000)
    redis.call('SET', key, string.format('%.0f %.0f %.0f', seq, known, kept), 'PX', string.format('%.0f', left))
end
";

const HEADS: &str = "
local answer = {string.format('%.0f', now)}
for place, key in ipairs(KEYS) do
    local seq, known = read(key)
    answer[place + 1] = seq and now < known and string.format('%.0f', seq) or ''
end
return answer
";

const LEARN: &str = "
local told, since, life = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local till = since + life
if now >= till then return end
for _, key in ipairs(KEYS) do
    local seq, known, kept = read(key)
    if not seq or told > seq then
        write(key, told, till, math.max(kept, till))
    elseif told == seq then
        write(key, told, math.max(known, till), math.max(kept, till))
    end
end
";

const RAISE: &str = "
local told, life = tonumber(ARGV[1]), tonumber(ARGV[2])
for _, key in ipairs(KEYS) do
    local seq, known, kept = read(key)
    write(key, math.max(told, seq or 0), known, math.max(kept, now + life))
end
";

/// The scripts, which Redis keeps by their hashes.
#[derive(Debug)]
pub(super) struct Scripts {
    heads: Script,
    learn: Script,
    raise: Script,
    life: u64,
}

impl Scripts {
    pub(super) fn new(life: u64) -> Self {
        let script = |body: &str| Script::new(&format!("{NOW}{body}"));
        Self { heads: script(HEADS), learn: script(LEARN), raise: script(RAISE), life }
    }

    pub(super) async fn heads(
        &self,
        keys: &[String],
        connection: &mut ConnectionManager,
    ) -> RedisResult<Heads> {
        let answer: Vec<String> = self.heads.key(keys).invoke_async(connection).await?;
        let mut numbers = answer.iter().map(|number| number.parse().ok());
        let looked_at = Moment(numbers.next().flatten().unwrap_or_default());
        let mut seqs: Vec<_> = numbers.collect();
        seqs.resize(keys.len(), None);
        Ok(Heads { seqs, looked_at })
    }

    pub(super) async fn learn(
        &self,
        keys: &[String],
        seq: u64,
        since: Moment,
        connection: &mut ConnectionManager,
    ) -> RedisResult<()> {
        let mut learn = self.learn.key(keys);
        learn.arg(seq).arg(since.0).arg(self.life).invoke_async(connection).await
    }

    pub(super) async fn raise(
        &self,
        keys: &[String],
        seq: u64,
        connection: &mut ConnectionManager,
    ) -> RedisResult<()> {
        self.raise.key(keys).arg(seq).arg(self.life).invoke_async(connection).await
    }
}
