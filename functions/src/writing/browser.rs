//! The token that tells a browser again where no identity is asked. It is random and proves nothing of anybody.

use crate::proof::pending::random;
use axum::http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;

/// As long as browsers keep one, in seconds.
const LONGEST: i64 = 400 * 24 * 60 * 60;

/// What a browser says of itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Browser {
    /// The token it had been given.
    pub(super) token: Option<String>,
    is_local: bool,
}

impl Browser {
    /// Reads the headers of a request about a process.
    pub(super) fn of(headers: &HeaderMap, process: &str) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        // A proxy on the machine itself may not say for whom it asks, but how.
        let is_local = text("host").is_some_and(is_local) && text("x-forwarded-proto") != Some("https");
        let name = name(process, is_local);
        let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.split_once('='));
        let token = pairs.find(|(known, _)| known.trim() == name).map(|(_, token)| token.trim());
        Self { token: token.filter(|token| is_token(token)).map(str::to_owned), is_local }
    }

    /// The header that gives it a token to be kept until `until`: the one that it has, or a new one.
    pub(super) fn cookie(
        &self,
        process: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<HeaderValue>, getrandom::Error> {
        let token = match &self.token {
            Some(token) => token.clone(),
            None => random()?,
        };
        let name = name(process, self.is_local);
        let seconds = (until.as_second() - now.as_second()).clamp(0, LONGEST);
        let secure = if self.is_local { "" } else { "; Secure" };
        let cookie = format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        Ok(HeaderValue::from_str(&cookie).ok())
    }
}

/// Without TLS, on the machine itself, browsers take neither the prefix nor `Secure`.
fn name(process: &str, is_local: bool) -> String {
    let prefix = if is_local { "" } else { "__Host-" };
    format!("{prefix}parvis-{process}")
}

fn is_local(host: &str) -> bool {
    let host = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(host, |(host, _)| host);
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

fn is_token(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(host: &'static str, sent: &'static str) -> (Option<String>, String) {
        let headers = [(header::HOST, host), (header::COOKIE, sent)];
        let headers =
            headers.map(|(name, value)| (name, HeaderValue::from_static(value))).into_iter().collect();
        let browser = Browser::of(&headers, "idees");
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().expect("an instant");
        let set = browser.cookie("idees", now, now + jiff::SignedDuration::from_secs(60));
        let set = set.expect("randomness").expect("a header");
        (browser.token, set.to_str().expect("text").to_owned())
    }

    #[test]
    fn a_token_is_kept_and_bound_to_the_host_except_on_the_machine_itself() {
        let kept = "0123456789abcdef0123456789abcdef";
        assert_eq!(
            cookie("exemple.fr", "a=b; __Host-parvis-idees=0123456789abcdef0123456789abcdef"),
            (
                Some(kept.into()),
                format!("__Host-parvis-idees={kept}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure")
            )
        );
        assert_eq!(
            cookie("127.0.0.1:8080", "parvis-idees=0123456789abcdef0123456789abcdef"),
            (Some(kept.into()), format!("parvis-idees={kept}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"))
        );
        for other in [
            "parvis-idees=0123456789abcdef0123456789abcdef",
            "__Host-parvis-idees=court",
            "__Host-parvis-budget=0",
        ] {
            assert_eq!(cookie("exemple.fr", other).0, None, "{other}");
        }
    }
}
