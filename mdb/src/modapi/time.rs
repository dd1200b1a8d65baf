//! Local time.

/// `YYYY Mon DD HH:MM:SS`, the day padded with a blank.
pub fn local(seconds: i64) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = std::mem::MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: localtime_r reads the number and fills the structure unless it
    // returns null; zeroed memory is valid for it.
    let parts = unsafe {
        if libc::localtime_r(&seconds, parts.as_mut_ptr()).is_null() {
            return None;
        }
        parts.assume_init()
    };
    Some(format!(
        "{} {} {:2} {:02}:{:02}:{:02}",
        i64::from(parts.tm_year) + 1900,
        MONTHS.get(usize::try_from(parts.tm_mon).ok()?)?,
        parts.tm_mday,
        parts.tm_hour,
        parts.tm_min,
        parts.tm_sec
    ))
}
