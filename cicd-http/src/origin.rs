//! Where a request comes from, also behind proxies that the operator trusts.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Addresses that begin alike, such as `10.0.0.0/8`; a single address without the slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: u128,
    bits: u8,
}

/// A text that is no [`Network`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no network; accepted: an address such as `192.0.2.7`, or a network such as `10.0.0.0/8`")]
pub struct NoNetwork(String);

impl Network {
    /// Whether `address` is one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let shift = 128_u32.saturating_sub(u32::from(self.bits));
        let differ = self.address ^ u128::from(mapped(address));
        differ.checked_shr(shift).unwrap_or(0) == 0
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let wrong = || NoNetwork(text.to_owned());
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let (longest, mapping) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let bits = bits.map_or(Ok(longest), str::parse::<u8>).map_err(|_| wrong())?;
        if bits > longest {
            return Err(wrong());
        }
        Ok(Self { address: mapped(address).into(), bits: bits.saturating_add(mapping) })
    }
}

/// One space for both kinds of addresses.
fn mapped(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    }
}

/// The client's address, as the outermost layer found it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The peer, or behind a trusted proxy the last one in `X-Forwarded-For` that is none: what stands before it, anybody may
    /// have written.
    pub(crate) fn of(extensions: &Extensions, headers: &HeaderMap, trusted: &[Network]) -> Option<Self> {
        let ConnectInfo(socket) = extensions.get::<ConnectInfo<SocketAddr>>()?;
        let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
        let mut client = socket.ip().to_canonical();
        let named: Vec<&str> = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .flat_map(|value| value.to_str().unwrap_or("?").split(','))
            .map(str::trim)
            .collect();
        for before in named.into_iter().rev() {
            let (true, Ok(before)) = (is_trusted(client), before.parse::<IpAddr>()) else { break };
            client = before.to_canonical();
        }
        Some(Self(client))
    }

    /// The network that counts as this client.
    pub(crate) fn network(self) -> IpAddr {
        network(self.0)
    }
}

/// One client: an IPv4 address, or the /64 that an IPv6 client usually has for itself.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        v4 => v4,
    }
}

/// Where a request comes from, as far as the host knows.
pub(crate) fn address(parts: &Parts) -> Option<IpAddr> {
    let peer = || ClientAddress::of(&parts.extensions, &parts.headers, &[]);
    let ClientAddress(address) = parts.extensions.get().copied().or_else(peer)?;
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Network {
        text.parse().unwrap()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn networks() {
        assert!(net("10.0.0.0/8").contains(ip("10.255.0.1")));
        assert!(!net("10.0.0.0/8").contains(ip("11.0.0.1")));
        assert!(net("192.0.2.7").contains(ip("192.0.2.7")) && !net("192.0.2.7").contains(ip("192.0.2.6")));
        assert!(net("0.0.0.0/0").contains(ip("203.0.113.9")) && !net("0.0.0.0/0").contains(ip("::1")));
        assert!(net("::/0").contains(ip("::1")));
        assert!(net("2001:db8::/32").contains(ip("2001:db8:1::1")));
        for text in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/-1", "10.0.0.0/x", "proxy"] {
            assert_eq!(text.parse::<Network>(), Err(NoNetwork(text.to_owned())));
        }
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let client = |peer: &str, forwarded: &[&str], trusted: &[&str]| {
            let mut extensions = Extensions::new();
            extensions.insert(ConnectInfo(SocketAddr::new(ip(peer), 4711)));
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append(FORWARDED_FOR, value.parse().unwrap());
            }
            let trusted: Vec<_> = trusted.iter().map(|text| net(text)).collect();
            ClientAddress::of(&extensions, &headers, &trusted).map(|ClientAddress(ip)| ip.to_string())
        };
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(client("192.0.2.1", &["203.0.113.9"], &[]), is("192.0.2.1"), "nobody is trusted");
        assert_eq!(client("192.0.2.1", &["203.0.113.9"], &["10.0.0.0/8"]), is("192.0.2.1"));
        assert_eq!(client("10.0.0.1", &["203.0.113.9"], &["10.0.0.0/8"]), is("203.0.113.9"));
        assert_eq!(
            client("10.0.0.1", &["198.51.100.1, 203.0.113.9", "10.0.0.2"], &["10.0.0.0/8"]),
            is("203.0.113.9"),
            "what the client wrote itself stands before"
        );
        assert_eq!(client("10.0.0.1", &["203.0.113.9, nonsense"], &["10.0.0.0/8"]), is("10.0.0.1"));
        assert_eq!(client("10.0.0.1", &[], &["10.0.0.0/8"]), is("10.0.0.1"));
        assert_eq!(client("::ffff:10.0.0.1", &["2001:db8::1"], &["10.0.0.0/8"]), is("2001:db8::1"));
    }

    #[test]
    fn a_client_is_its_network() {
        let of = |text: &str| network(ip(text));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), ip("192.0.2.1"));
    }
}
