//! Profiles as speedscope reads them
//! (<https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources>).

use super::Profile;
use serde_json::{json, Value};

impl Profile {
    /// The profile of a thread, a sample each so many seconds.
    pub fn speedscope(&self, name: &str, interval: f64) -> Value {
        let frames: Vec<Value> = self.frames.iter().map(|frame| describe(frame)).collect();
        let weights = vec![interval; self.samples.len()];
        json!({
            "$schema": "https://www.speedscope.app/file-format-schema.json",
            "exporter": concat!("mdb ", env!("CARGO_PKG_VERSION")),
            "name": name,
            "activeProfileIndex": 0,
            "shared": { "frames": frames },
            "profiles": [{
                "type": "sampled",
                "name": name,
                "unit": "seconds",
                "startValue": 0.0,
                "endValue": interval * self.samples.len() as f64,
                "samples": self.samples,
                "weights": weights,
            }],
        })
    }
}

/// `NAME at FILE:N` in its parts.
fn describe(frame: &str) -> Value {
    let parts = frame.rsplit_once(':').and_then(|(rest, line)| {
        let (name, file) = rest.split_once(" at ")?;
        Some((name, file, line.parse::<u64>().ok()?))
    });
    match parts {
        Some((name, file, line)) => json!({ "name": name, "file": file, "line": line }),
        None => json!({ "name": frame }),
    }
}
