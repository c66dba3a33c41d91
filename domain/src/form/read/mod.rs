//! Readers of what people type: each takes the many ways of writing a thing, and gives one.

pub mod commune;
pub mod decimal;
pub mod phone;
pub mod place;
pub mod register;
pub mod text;
