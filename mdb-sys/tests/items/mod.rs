//! The items of a bindings file, with their types in one spelling.

use quote::ToTokens;
use std::collections::BTreeMap;
use syn::{Fields, FieldsNamed, ForeignItem, Item, ReturnType, Type};

/// What a bindings file defines, by name.
#[derive(Default)]
pub struct Items {
    /// Type and value.
    pub constants: BTreeMap<String, (String, String)>,
    /// Fields in order, with their types. Names without the final `_t`.
    pub structures: BTreeMap<String, Vec<(String, String)>>,
    /// Parameters and result.
    pub functions: BTreeMap<String, String>,
    /// Types of variables.
    pub variables: BTreeMap<String, String>,
    /// Types of functions.
    pub callbacks: BTreeMap<String, String>,
}

/// The names a type alias stands for.
struct Aliases(BTreeMap<String, Type>);

impl Items {
    /// Reads the text of a bindings file.
    pub fn parse(text: &str) -> Items {
        let file = syn::parse_file(text).expect("bindings are Rust");
        let alias = |item: &Item| match item {
            Item::Type(alias) => Some((alias.ident.to_string(), (*alias.ty).clone())),
            _ => None,
        };
        let aliases = Aliases(file.items.iter().filter_map(alias).collect());
        let mut items = Items::default();
        for item in &file.items {
            items.add(item, &aliases);
        }
        items
    }

    fn add(&mut self, item: &Item, aliases: &Aliases) {
        match item {
            Item::Const(item) if item.ident != "_" => {
                let entry = (aliases.spell(&item.ty), value(&item.expr));
                self.constants.insert(item.ident.to_string(), entry);
            }
            Item::Struct(item) => {
                if let Fields::Named(fields) = &item.fields {
                    self.structures.insert(stem(&item.ident.to_string()), list(fields, aliases));
                }
            }
            Item::Union(item) => {
                self.structures.insert(stem(&item.ident.to_string()), list(&item.fields, aliases));
            }
            // The last has no name in the API, only in the header.
            Item::Type(item)
                if matches!(*item.ty, Type::BareFn(_)) && item.ident != "mdb_callback_f" =>
            {
                self.callbacks.insert(item.ident.to_string(), aliases.spell(&item.ty));
            }
            Item::ForeignMod(block) => {
                block.items.iter().for_each(|item| self.add_foreign(item, aliases));
            }
            _ => {}
        }
    }

    fn add_foreign(&mut self, item: &ForeignItem, aliases: &Aliases) {
        match item {
            ForeignItem::Fn(item) => {
                let params: Vec<_> = item
                    .sig
                    .inputs
                    .iter()
                    .map(|input| match input {
                        syn::FnArg::Typed(typed) => aliases.spell(&typed.ty),
                        syn::FnArg::Receiver(_) => unreachable!("foreign functions have no self"),
                    })
                    .collect();
                let more = if item.sig.variadic.is_some() { ", ..." } else { "" };
                let result = aliases.result(&item.sig.output);
                let signature = format!("({}{more}){result}", params.join(", "));
                self.functions.insert(item.sig.ident.to_string(), signature);
            }
            ForeignItem::Static(item) => {
                self.variables.insert(item.ident.to_string(), aliases.spell(&item.ty));
            }
            _ => {}
        }
    }
}

/// Fields that say nothing of the layout stand for an opaque structure.
fn list(fields: &FieldsNamed, aliases: &Aliases) -> Vec<(String, String)> {
    let field = |field: &syn::Field| {
        let name = field.ident.as_ref().expect("the field is named").to_string();
        (name, aliases.spell(&field.ty))
    };
    fields.named.iter().map(field).filter(|(_, ty)| ty != "[u8; 0]").collect()
}

fn stem(name: &str) -> String {
    name.strip_suffix("_t").unwrap_or(name).to_owned()
}

/// Integers in decimal, anything else as written but for leading colons.
fn value(expr: &syn::Expr) -> String {
    let text = expr.to_token_stream().to_string().replace(' ', "");
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    match syn::parse_str::<syn::LitInt>(digits) {
        Ok(literal) => {
            let number: u64 = literal.base10_parse().expect("constants fit 64 bits");
            format!("{sign}{number}")
        }
        Err(_) => text.trim_start_matches("::").to_owned(),
    }
}

impl Aliases {
    fn result(&self, output: &ReturnType) -> String {
        match output {
            ReturnType::Default => String::new(),
            ReturnType::Type(_, ty) => format!(" -> {}", self.spell(ty)),
        }
    }

    /// A type by what it is at the width the tests run at.
    fn spell(&self, ty: &Type) -> String {
        match ty {
            Type::Ptr(pointer) => {
                let kind = if pointer.mutability.is_some() { "mut" } else { "const" };
                format!("*{kind} {}", self.spell(&pointer.elem))
            }
            Type::BareFn(function) => {
                let params: Vec<_> =
                    function.inputs.iter().map(|input| self.spell(&input.ty)).collect();
                format!("fn({}){}", params.join(", "), self.result(&function.output))
            }
            Type::Path(path) => {
                let last = path.path.segments.last().expect("a path has segments");
                if let syn::PathArguments::AngleBracketed(arguments) = &last.arguments {
                    if let Some(syn::GenericArgument::Type(inner)) = arguments.args.first() {
                        return format!("{}<{}>", last.ident, self.spell(inner));
                    }
                }
                self.name(&last.ident.to_string())
            }
            other => other.to_token_stream().to_string().replace(" ;", ";"),
        }
    }

    fn name(&self, name: &str) -> String {
        if let Some(ty) = self.0.get(name) {
            return self.spell(ty);
        }
        let primitive = match name {
            "c_char" => "i8",
            "c_uchar" => "u8",
            "c_int" => "i32",
            "c_uint" => "u32",
            "c_ulong" | "c_ulonglong" => "u64",
            other => return stem(other),
        };
        primitive.to_owned()
    }
}
