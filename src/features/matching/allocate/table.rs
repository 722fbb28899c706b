//! Instances and solutions as spreadsheets: three CSV files in, one out.

use std::collections::HashMap;
use std::io::{self, Write};

use super::instance::{Flaw, Instance, Need, Pair, Volunteer, amount, usize_of};
use super::solve::Solution;

/// A CSV file with its name for messages.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// The file's name as messages should say it.
    pub name: &'a str,
    /// Its content: UTF-8, with or without a byte order mark, separated by commas or semicolons.
    pub bytes: &'a [u8],
}

/// Reads an instance from three sheets with a header line each, columns in any order: `id,hours`, `id,hours,seats` and
/// `volunteer,need,value,max_hours`; `seats` and `max_hours` may be left out, as columns or cell by cell.
///
/// # Errors
/// A [`Flaw`] with file, line and column.
pub fn read_csv(volunteers: Sheet<'_>, needs: Sheet<'_>, pairs: Sheet<'_>) -> Result<Instance, Flaw> {
    let (mut people, mut wanted, mut links) = (Vec::new(), Vec::new(), Vec::new());
    let (mut volunteer_at, mut need_at, mut listed) = (HashMap::new(), HashMap::new(), HashMap::new());
    each_row(volunteers, &["id", "hours"], 2, |row| {
        let id = row.new_id(&mut volunteer_at)?;
        people.push(Volunteer { id, hours: row.number(1)? });
        Ok(())
    })?;
    each_row(needs, &["id", "hours", "seats"], 2, |row| {
        let id = row.new_id(&mut need_at)?;
        let seats = match row.cell(2) {
            "" => None,
            text => Some(text.parse().map_err(|why| row.flaw(2, format!("{text:?} is no number of people: {why}")))?),
        };
        wanted.push(Need { id, hours: row.number(1)?, seats });
        Ok(())
    })?;
    each_row(pairs, &["volunteer", "need", "value", "max_hours"], 3, |row| {
        let volunteer = row.known(0, &volunteer_at, volunteers.name)?;
        let need = row.known(1, &need_at, needs.name)?;
        if let Some(line) = listed.insert((volunteer, need), row.line) {
            return Err(row.flaw(0, format!("this pair is already on line {line}: list each pair once")));
        }
        let max_hours = if row.cell(3).is_empty() { f64::INFINITY } else { row.number(3)? };
        links.push(Pair { volunteer, need, value: row.number(2)?, max_hours });
        Ok(())
    })?;
    Instance::new(people, wanted, links)
}

/// One data row: its cells in the order of the wanted columns.
struct Row<'r> {
    sheet: &'r str,
    line: u64,
    names: &'r [&'r str],
    cells: Vec<&'r str>,
}

impl Row<'_> {
    fn cell(&self, column: usize) -> &str {
        self.cells.get(column).copied().unwrap_or("")
    }

    fn flaw(&self, column: usize, detail: impl Into<String>) -> Flaw {
        let name = self.names.get(column).copied().unwrap_or("");
        Flaw::new(format!("{}, line {}, column {name}", self.sheet, self.line), detail)
    }

    fn number(&self, column: usize) -> Result<f64, Flaw> {
        let text = self.cell(column);
        let number: f64 = text.parse().map_err(|why| self.flaw(column, format!("{text:?}: {why}")))?;
        amount(number).map_err(|why| self.flaw(column, format!("{text} {why}")))?;
        Ok(number + 0.0)
    }

    fn new_id(&self, ids: &mut HashMap<Box<str>, (u32, u64)>) -> Result<Box<str>, Flaw> {
        let id: Box<str> = self.cell(0).into();
        if id.is_empty() {
            return Err(self.flaw(0, "the id is empty"));
        }
        let at = u32::try_from(ids.len())
            .map_err(|why| self.flaw(0, format!("too many rows ({why}): split the instance")))?;
        match ids.insert(id.clone(), (at, self.line)) {
            Some((_, line)) => {
                Err(self.flaw(0, format!("{id:?} is already the id on line {line}: ids must be unique")))
            }
            None => Ok(id),
        }
    }

    fn known(&self, column: usize, ids: &HashMap<Box<str>, (u32, u64)>, list: &str) -> Result<u32, Flaw> {
        let id = self.cell(column);
        ids.get(id).map(|(at, _)| *at).ok_or_else(|| self.flaw(column, format!("{list} has no id {id:?}")))
    }
}

fn each_row(
    sheet: Sheet<'_>,
    names: &[&str],
    needed: usize,
    mut use_row: impl FnMut(&Row<'_>) -> Result<(), Flaw>,
) -> Result<(), Flaw> {
    let text = sheet.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sheet.bytes);
    let first = text.split(|x| *x == b'\n').next().unwrap_or_default();
    // Spreadsheets of countries that write a decimal comma separate by semicolons.
    let delimiter = if first.contains(&b';') && !first.contains(&b',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text);
    let broken = |cause: &csv::Error| {
        let line = cause.position().map_or(1, csv::Position::line);
        Flaw::new(format!("{}, line {line}", sheet.name), format!("no valid CSV: {cause}"))
    };
    let header = reader.headers().map_err(|cause| broken(&cause))?.clone();
    let mut columns = vec![None; names.len()];
    for (at, title) in header.iter().enumerate() {
        let slot = names.iter().position(|name| *name == title).and_then(|at| columns.get_mut(at));
        match slot {
            Some(slot @ None) => *slot = Some(at),
            Some(Some(_)) => {
                return Err(Flaw::new(format!("{}, line 1", sheet.name), format!("two columns {title:?}")));
            }
            None => {
                let place = format!("{}, line 1", sheet.name);
                return Err(Flaw::new(place, format!("unknown column {title:?}: there are {}", names.join(", "))));
            }
        }
    }
    if let Some((name, _)) = names.iter().zip(&columns).take(needed).find(|(_, at)| at.is_none()) {
        return Err(Flaw::new(format!("{}, line 1", sheet.name), format!("the column {name:?} is missing")));
    }
    for record in reader.records() {
        let record = record.map_err(|cause| broken(&cause))?;
        let cells = columns.iter().map(|at| at.and_then(|at| record.get(at)).unwrap_or("")).collect();
        let line = record.position().map_or(0, csv::Position::line);
        use_row(&Row { sheet: sheet.name, line, names, cells })?;
    }
    Ok(())
}

/// Writes who gives how many hours to what, with what an hour is worth there: `volunteer,need,hours,value`.
pub fn write_csv(out: &mut dyn Write, instance: &Instance, solution: &Solution) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let record = |cells: [&str; 4], writer: &mut csv::Writer<&mut dyn Write>| writer.write_record(cells);
    record(["volunteer", "need", "hours", "value"], &mut writer).map_err(io::Error::from)?;
    for share in &solution.shares {
        let at = usize_of(share.pair);
        let value = instance.pairs().get(at).map_or(0.0, |x| x.value);
        let (volunteer, need) = (inert(instance.volunteer_id(at)), inert(instance.need_id(at)));
        let cells = [&*volunteer, &*need, &share.hours.to_string(), &value.to_string()];
        record(cells, &mut writer).map_err(io::Error::from)?;
    }
    writer.flush()
}

/// A spreadsheet takes a cell that starts like this for a formula; an apostrophe before it makes it text.
fn inert(cell: &str) -> std::borrow::Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}").into() } else { cell.into() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp, reason = "the result must be exact")]

    use super::super::{Effort, allocate};
    use super::*;

    fn read(volunteers: &str, needs: &str, pairs: &str) -> Result<Instance, Flaw> {
        let sheet = |name, text: &'static str| Sheet { name, bytes: text.as_bytes() };
        let keep = |text: &str| -> &'static str { Box::leak(text.to_string().into_boxed_str()) };
        read_csv(
            sheet("volunteers.csv", keep(volunteers)),
            sheet("needs.csv", keep(needs)),
            sheet("pairs.csv", keep(pairs)),
        )
    }

    #[test]
    fn three_sheets_make_an_instance_and_a_sheet_comes_out() {
        let instance = read(
            "\u{feff}hours,id\n4,ann\n 2.5 ,=cmd()\n",
            "id;hours;seats\nfix;5;1\ndocs;9;\n",
            "volunteer,need,value\nann,fix,3\n=cmd(),fix,9\n=cmd(),docs,1\n",
        )
        .unwrap();
        assert_eq!(instance.needs()[0].seats, Some(1));
        assert_eq!(instance.needs()[1].seats, None);
        let solution = allocate(&instance, &Effort::default(), &mut |_| true);
        assert_eq!(solution.value, 22.5);
        let mut out = vec![];
        write_csv(&mut out, &instance, &solution).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "volunteer,need,hours,value\n'=cmd(),fix,2.5,9\n");
    }

    #[test]
    fn flaws_name_file_line_and_column() {
        let (v, n, p) = ("id,hours\na,1\n", "id,hours\nx,1\n", "volunteer,need,value,max_hours\na,x,1,\n");
        assert!(read(v, n, p).is_ok());
        let place = |v: &str, n: &str, p: &str| read(v, n, p).unwrap_err().place;
        assert_eq!(place("id,hours\na,1\nb,nan\n", n, p), "volunteers.csv, line 3, column hours");
        assert_eq!(place("id,hours\na,-1\n", n, p), "volunteers.csv, line 2, column hours");
        assert_eq!(place("id,hours\na,1\na,1\n", n, p), "volunteers.csv, line 3, column id");
        assert_eq!(place("id\na\n", n, p), "volunteers.csv, line 1");
        assert_eq!(place(v, "id,hours,color\n", p), "needs.csv, line 1");
        assert_eq!(place(v, "id,hours,seats\nx,1,1.5\n", p), "needs.csv, line 2, column seats");
        assert_eq!(place(v, n, "volunteer,need,value\na,y,1\n"), "pairs.csv, line 2, column need");
        assert_eq!(place(v, n, "volunteer,need,value\na,x,1\na,x,2\n"), "pairs.csv, line 3, column volunteer");
        assert_eq!(place(v, n, "volunteer,need,value\na,x\n"), "pairs.csv, line 2");
    }
}
