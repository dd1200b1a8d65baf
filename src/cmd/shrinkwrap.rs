//! npm-shrinkwrap.json of lockfileVersion 1: each package with what it requires, and
//! what is nested in its own node_modules.

use super::text::quoted_str;
use crate::mdb::output::Out;
use crate::node::packages::{Package, Packages};
use crate::v8::error::{Error, Result};
use alloc::string::String;
use alloc::vec::Vec;

/// Prints the installed packages. Those in more than one place are printed for the
/// place that has most, and the others told.
pub fn print(packages: &Packages, out: &mut Out) -> Result<()> {
    let root = packages.root().ok_or(Error::NotFound("package"))?;
    let prefix = alloc::format!("{root}/");
    let mut others = packages
        .list
        .iter()
        .filter(|package| package.is_installed() && !package.dir.starts_with(&prefix));
    if let Some(other) = others.next() {
        out.warn(alloc::format!(
            "left out {} packages that do not lie in {root}, such as {}",
            others.count() + 1,
            other.dir
        ));
    }
    let own = packages.at(root);
    let mut members = Vec::new();
    members.extend(own.and_then(|own| own.name.as_deref()).map(|name| member("name", name)));
    members.extend(own.and_then(|own| own.version.as_deref()).map(|text| member("version", text)));
    members.push(Member { name: "lockfileVersion".into(), value: Value::Plain("1") });
    members.push(Member { name: "requires".into(), value: Value::Plain("true") });
    members.extend(nested(packages, root));
    out.line(format_args!("{{"));
    write(&members, 1, out);
    out.line(format_args!("}}"));
    Ok(())
}

struct Member {
    name: String,
    value: Value,
}

enum Value {
    Plain(&'static str),
    Text(String),
    Object(Vec<Member>),
}

fn member(name: &str, text: &str) -> Member {
    Member { name: name.into(), value: Value::Text(text.into()) }
}

/// The packages in the node_modules of a directory. Paths are short, which bounds how
/// deep this goes.
fn nested(packages: &Packages, dir: &str) -> Option<Member> {
    let list: Vec<Member> = packages
        .below(dir)
        .map(|package| {
            let mut members = Vec::new();
            members.extend(package.version.as_deref().map(|text| member("version", text)));
            members.extend(required(packages, package));
            members.extend(nested(packages, &package.dir));
            let name = package.name.clone().unwrap_or_default();
            Member { name, value: Value::Object(members) }
        })
        .collect();
    let is_any = !list.is_empty();
    is_any.then(|| Member { name: "dependencies".into(), value: Value::Object(list) })
}

fn required(packages: &Packages, package: &Package) -> Option<Member> {
    let mut list: Vec<Member> = package
        .loads
        .iter()
        .map(|other| &packages.list[*other])
        .filter(|other| other.is_installed())
        .map(|other| {
            let name = other.name.as_deref().unwrap_or_default();
            member(name, other.version.as_deref().unwrap_or("*"))
        })
        .collect();
    list.sort_by(|a, b| a.name.cmp(&b.name));
    let is_any = !list.is_empty();
    is_any.then(|| Member { name: "requires".into(), value: Value::Object(list) })
}

fn write(members: &[Member], depth: usize, out: &mut Out) {
    let indent = depth * 2;
    for (at, member) in members.iter().enumerate() {
        let comma = if at + 1 < members.len() { "," } else { "" };
        let name = quoted_str(&member.name);
        match &member.value {
            Value::Plain(text) => out.line(format_args!("{:indent$}{name}: {text}{comma}", "")),
            Value::Text(text) => {
                out.line(format_args!("{:indent$}{name}: {}{comma}", "", quoted_str(text)));
            }
            Value::Object(members) if members.is_empty() => {
                out.line(format_args!("{:indent$}{name}: {{}}{comma}", ""));
            }
            Value::Object(members) => {
                out.line(format_args!("{:indent$}{name}: {{", ""));
                write(members, depth + 1, out);
                out.line(format_args!("{:indent$}}}{comma}", ""));
            }
        }
    }
}
