//! JSON, as `-j` prints it: one value a line.

use super::text;
use crate::mdb::args::Opt;
use crate::v8::describe::describe;
use crate::v8::heap::Heap;
use crate::v8::properties::Slot;
use crate::v8::value::Value;
use alloc::string::{String, ToString};
use core::fmt;

/// The option that every command with rows has.
pub const OPTION: Opt = Opt::flag('j', "print JSON, one value a line");

/// A finished JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json(String);

impl Json {
    /// `null`.
    pub fn null() -> Json {
        Json("null".into())
    }

    /// An object without members.
    pub fn object() -> Json {
        Json("{}".into())
    }

    /// This object with one member more.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Json>) -> Json {
        debug_assert!(self.0.ends_with('}'), "only objects have members");
        self.0.pop();
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0 += &text::quoted_str(key);
        self.0.push(':');
        self.0 += &value.into().0;
        self.0.push('}');
        self
    }

    /// An object whose members are texts.
    pub fn members<'a>(list: impl IntoIterator<Item = &'a (String, String)>) -> Json {
        list.into_iter().fold(Json::object(), |row, (name, value)| row.with(name, value.as_str()))
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        self.0.starts_with('{')
    }

    /// An array.
    pub fn list<T: Into<Json>>(items: impl IntoIterator<Item = T>) -> Json {
        let mut list = String::from("[");
        for item in items {
            if list.len() > 1 {
                list.push(',');
            }
            list += &item.into().0;
        }
        list.push(']');
        Json(list)
    }

    /// An address, in a form that the debugger reads too.
    pub fn address(addr: u64) -> Json {
        Json(alloc::format!("\"0x{addr:x}\""))
    }

    /// A number; one that JSON has no way to write, as an object.
    pub fn number(number: f64) -> Json {
        let text = text::number(number);
        if number.is_finite() && text != "-0" {
            return Json(text);
        }
        Json::object().with("type", "number").with("value", text)
    }

    /// Characters; those that are no Unicode text, or only a part of it, as an
    /// object.
    pub fn text(units: &[u16], truncated: bool) -> Json {
        let text = text::quoted(units, false);
        let well_formed = char::decode_utf16(units.iter().copied()).all(|c| c.is_ok());
        if well_formed && !truncated {
            return Json(text);
        }
        let row = Json::object().with("type", "string");
        let row = match well_formed {
            true => row.with("value", Json(text)),
            false => row.with("utf16", Json::list(units.iter().map(|unit| u64::from(*unit)))),
        };
        if truncated {
            row.with("truncated", true)
        } else {
            row
        }
    }

    /// A value by its address and its type.
    pub fn typed(heap: Heap<'_>, value: Value) -> Json {
        Json::object().with("value", value).with("type", describe(heap, value))
    }

    /// What a variable or a property holds as members of an object; none before the
    /// declaration was reached.
    pub fn slot(heap: Heap<'_>, row: Json, slot: Option<Slot>) -> Json {
        match slot {
            Some(Slot::Value(value)) => {
                row.with("value", value).with("type", describe(heap, value))
            }
            Some(Slot::Double(bits)) => {
                row.with("type", "double").with("double", Json::number(f64::from_bits(bits)))
            }
            Some(Slot::Accessor { .. }) => row.with("type", "accessor"),
            None => row.with("type", "hole"),
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Json {
        Json::address(value.0)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json(text::quoted_str(text))
    }
}

impl From<String> for Json {
    fn from(text: String) -> Json {
        text.as_str().into()
    }
}

impl From<bool> for Json {
    fn from(flag: bool) -> Json {
        Json(flag.to_string())
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Json {
        Json(number.to_string())
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Json {
        Json(number.to_string())
    }
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Json {
        value.map_or_else(Json::null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_nest_and_are_escaped() {
        let inner = Json::list([Json::null(), true.into(), (-1i64).into()]);
        let json = Json::object().with("a\"", Value(0x2a)).with("list", inner).with("s", "\n\0é");
        assert_eq!(
            json.to_string(),
            "{\"a\\\"\":\"0x2a\",\"list\":[null,true,-1],\"s\":\"\\n\\u0000é\"}"
        );
        assert_eq!(Json::list(Vec::<Json>::new()).to_string(), "[]");
        assert_eq!(Json::number(1e21).to_string(), "1e+21");
        assert_eq!(Json::number(-0.0).to_string(), "{\"type\":\"number\",\"value\":\"-0\"}");
        assert_eq!(Json::object().with("none", None::<u64>).to_string(), "{\"none\":null}");
    }
}
