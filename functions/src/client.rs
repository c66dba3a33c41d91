//! Where a request comes from.

use axum::http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// The address a request came from, put into its extensions by whoever runs the router.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// The address `proxies` hops before the last one that is known: each proxy adds the address it heard from to
/// `X-Forwarded-For`, and what stands before our own proxies' entries is only what the client claims.
///
/// `peer` is the other end of the connection, where it is known; it stands in for an entry that cannot be read.
pub fn address(headers: &HeaderMap, peer: Option<IpAddr>, proxies: usize) -> Option<IpAddr> {
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let mut chain: Vec<Option<IpAddr>> = forwarded.flat_map(|value| value.split(',')).map(read).collect();
    chain.extend(peer.map(Some));
    let last = chain.len().checked_sub(1)?;
    chain[last.saturating_sub(proxies)].or(peer)
}

/// An entry; some proxies write the port as well.
fn read(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    entry.parse().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_claims_before_our_proxies_is_not_believed() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "10.0.0.1, 203.0.113.7".parse().expect("a header"));
        let ip = |text: &str| text.parse::<IpAddr>().ok();
        assert_eq!(address(&headers, ip("198.51.100.1"), 0), ip("198.51.100.1"));
        assert_eq!(address(&headers, ip("127.0.0.1"), 1), ip("203.0.113.7"));
        headers.insert("x-forwarded-for", "10.0.0.1, 203.0.113.7:5555".parse().expect("a header"));
        assert_eq!(address(&headers, ip("127.0.0.1"), 1), ip("203.0.113.7"));
        headers.insert("x-forwarded-for", "10.0.0.1, unknown".parse().expect("a header"));
        assert_eq!(address(&headers, ip("127.0.0.1"), 1), ip("127.0.0.1"));
        assert_eq!(address(&HeaderMap::new(), ip("127.0.0.1"), 1), ip("127.0.0.1"));
        assert_eq!(address(&HeaderMap::new(), None, 1), None);
    }
}
