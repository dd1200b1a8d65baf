//! Dates as the debugger prints them.

/// `MILLIS (YYYY Mon DD HH:MM:SS)`, in UTC, which the tests set.
pub fn date(millis: &str) -> String {
    let Ok(value) = millis.parse::<i64>() else { return "NaN (Invalid Date)".to_owned() };
    let seconds = value.div_euclid(1000);
    let (days, second) = (seconds.div_euclid(86400), seconds.rem_euclid(86400));
    let (year, month, day) = civil(days);
    let names =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let name = names[month as usize - 1];
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{millis} ({year} {name} {day:2} {hour:02}:{minute:02}:{second:02})")
}

/// Year, month and day of a day counted from 1970, by counting.
fn civil(mut days: i64) -> (i64, i64, i64) {
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while days < 0 {
        year -= 1;
        days += if leap(year) { 366 } else { 365 };
    }
    loop {
        let february = if leap(year) { 29 } else { 28 };
        for (month, length) in
            [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().enumerate()
        {
            if days < length {
                return (year, month as i64 + 1, days + 1);
            }
            days -= length;
        }
        year += 1;
    }
}
