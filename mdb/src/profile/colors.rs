//! Colours of frames: one for each module, so that one sees whose code it is.

/// The module that a frame's code belongs to: a package, the program itself, the
/// runtime's own scripts, a library.
fn module(frame: &str) -> &str {
    if let Some((_, file)) = frame.split_once(" at ") {
        if let Some((_, inside)) = file.rsplit_once("/node_modules/") {
            let scoped = usize::from(inside.starts_with('@')) + 1;
            let end = inside.match_indices('/').nth(scoped - 1).map_or(inside.len(), |(at, _)| at);
            return &inside[..end];
        }
        return match file.split_once(':') {
            Some((scheme @ "node", _)) => scheme,
            _ if file.starts_with('<') => "node",
            _ => "",
        };
    }
    frame.split_once('`').map_or("native", |(library, _)| library)
}

/// The colour of a frame, as red, green and blue: warm for the program's own scripts,
/// grey for native code, and a hue by its name for each other module.
pub fn color(frame: &str) -> (u8, u8, u8) {
    // The same name has the same shade in every picture.
    let shade = f64::from(hash(frame) % 1000) / 1000.0;
    let (hue, saturation) = match module(frame) {
        "" => (25.0 + 15.0 * shade, 0.85),
        "native" => (210.0, 0.06),
        "node" => (120.0, 0.30),
        module if !frame.contains(" at ") => (210.0, 0.06 + 0.1 * f64::from(hash(module) % 2)),
        module => (150.0 + f64::from(hash(module) % 180), 0.45),
    };
    rgb(hue, saturation, 0.66 + 0.14 * shade)
}

/// FNV-1a.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// A colour by hue in degrees, saturation and lightness.
fn rgb(hue: f64, saturation: f64, lightness: f64) -> (u8, u8, u8) {
    let amplitude = saturation * lightness.min(1.0 - lightness);
    let part = |n: f64| {
        let k = (n + hue / 30.0) % 12.0;
        let value = lightness - amplitude * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
        (value * 255.0).round() as u8
    };
    (part(0.0), part(8.0), part(4.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules() {
        assert_eq!(module("f at /srv/node_modules/@a/b/lib/x.js:3"), "@a/b");
        assert_eq!(module("f at /srv/node_modules/c/node_modules/d/x.js:3"), "d");
        assert_eq!(module("f at /srv/app.js:3"), "");
        assert_eq!(module("f at node:fs:3"), "node");
        assert_eq!(module("f at <builtin>"), "node");
        assert_eq!(module("libc.so.6`malloc"), "libc.so.6");
        assert_eq!(module("uv_run"), "native");
    }

    #[test]
    fn colors() {
        assert_eq!(rgb(0.0, 1.0, 0.5), (255, 0, 0));
        assert_eq!(rgb(120.0, 1.0, 0.5), (0, 255, 0));
        assert_eq!(rgb(240.0, 1.0, 0.5), (0, 0, 255));
        assert_eq!(rgb(77.0, 0.0, 1.0), (255, 255, 255));
        assert_eq!(color("f at /srv/app.js:3"), color("f at /srv/app.js:3"));
    }
}
