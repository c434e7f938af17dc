//! What it costs to tell somebody unaffected "nothing": `GET /v1/notices` with HS256 tokens, against an
//! axum handler that returns a constant of the same size, in one process and one run, with one load
//! generator sending the same requests: `cargo bench --bench widget_negative [-- SECONDS]`.
//!
//! Needs `wrk`. Beside the rates it tells what each request cost the server in processor time, which a
//! busy machine disturbs less. Two measurements: tokens that were sent before (a page that is reloaded), and more tokens
//! than are remembered, so that nearly each is checked anew (the first page of everybody).

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use duenotice::app::App;
use duenotice::catalog::Catalog;
use duenotice::config::{Config, ServerSecret};
use duenotice::domain::access::{Actor, Role, Who};
use duenotice::domain::host_key::Algorithm;
use duenotice::http::widget::Widget;
use duenotice::http::widget::token::{Mint, Secret, mint};
use duenotice::ids::AccountId;
use duenotice::rng::Rng;
use duenotice::service::Ctx;
use duenotice::service::site::{NewKey, SiteForm, add_key, create};
use duenotice::store::{Db, migrate};
use duenotice::time::TimeSource;
use tokio_util::sync::CancellationToken;

const SECRET: &str = "a secret for measuring, of 32 bytes or more";
const ORIGIN: &str = "https://shop.example";

/// Sends the same headers to one path or the other; every request is made before the clock starts.
const SCRIPT: &str = r#"
local requests = {}
local at = 0
function init(args)
  for token in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", args[2], {
      ["Authorization"] = "Bearer " .. token,
      ["Origin"] = "https://shop.example",
      ["User-Agent"] = "Mozilla/5.0 Firefox/153.0",
    })
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
"#;

fn main() {
    let seconds: u32 = std::env::args()
        .skip(1)
        .find_map(|a| a.parse().ok())
        .unwrap_or(6);
    if Command::new("wrk").arg("-v").output().is_err() {
        println!("LEFT OUT: wrk is not installed");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    // One thread for the server and one for the load generator: two cores are enough for a fair run.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let port = runtime.block_on(serve(dir.path()));
    let script = dir.path().join("script.lua");
    std::fs::write(&script, SCRIPT).unwrap();
    for (name, count) in [("sent before", 50_000), ("new", 250_000)] {
        let tokens = dir.path().join(format!("{count}.txt"));
        write_tokens(&tokens, count);
        let mut ratios = Vec::new();
        for round in 1..=3 {
            let (constant, constant_cpu) = wrk(&script, &tokens, port, "/constant", seconds);
            let (ours, cpu) = wrk(&script, &tokens, port, "/v1/notices?lang=en", seconds);
            ratios.push((ours / constant, constant_cpu / cpu));
            println!(
                "tokens {name}, round {round}: constant {constant:.0}/s, notices {ours:.0}/s, \
                 {:.0} %; processor time {constant_cpu:.1} and {cpu:.1} us, {:.0} %",
                100.0 * ours / constant,
                100.0 * constant_cpu / cpu
            );
        }
        let mut rates: Vec<f64> = ratios.iter().map(|r| r.0).collect();
        let mut cpus: Vec<f64> = ratios.iter().map(|r| r.1).collect();
        rates.sort_by(f64::total_cmp);
        cpus.sort_by(f64::total_cmp);
        println!(
            "tokens {name}: median {:.0} % of the constant's rate, {:.0} % by processor time",
            100.0 * rates[1],
            100.0 * cpus[1]
        );
    }
}

async fn serve(dir: &Path) -> u16 {
    let url = format!("sqlite:{}", dir.join("bench.db").display());
    let db = Db::open(&url).await.unwrap();
    migrate(&db).await.unwrap();
    let app = App::new(
        Config::defaults().unwrap(),
        Catalog::builtin().unwrap(),
        db,
        ServerSecret::new([7; 32]),
        TimeSource::system(),
        Rng::system(),
    );
    let actor = Actor {
        who: Who::Account(AccountId(app.rng.uuid(app.time.now()))),
        name: "Bench".into(),
        role: Some(Role::Administrator),
    };
    let ctx = Ctx::new(&app, actor);
    let form = SiteForm {
        name: "Shop".into(),
        origins: vec![ORIGIN.into()],
        default_lang: "en".into(),
        version: 0,
    };
    create(&ctx, "shop", &form).await.unwrap();
    let key = NewKey {
        kid: "k".into(),
        algorithm: Algorithm::Hs256,
        key: SECRET.into(),
    };
    add_key(&ctx, "shop", &key).await.unwrap();

    let widget = Widget::new(app).await.unwrap();
    tokio::spawn(Arc::clone(&widget).keep_current(CancellationToken::new()));
    while !widget.answers_from_memory("shop", "nobody") {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let body = Bytes::from(vec![b'0'; 4_096]);
    let constant = Router::new().route("/constant", get(async move || body.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = constant.merge(widget.router());
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

/// One token each for so many people, who may each ask thirty times a minute.
fn write_tokens(path: &Path, count: usize) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let secret = Secret::Hs256(SECRET.as_bytes().to_vec());
    for n in 0..count {
        let user_id = format!("customer-{count}-{n}");
        let jti = format!("jti-{n:016}");
        let what = Mint {
            site: "shop",
            kid: "k",
            user_id: &user_id,
            jti: &jti,
            now: TimeSource::system().now(),
            life_s: 3_600,
        };
        writeln!(file, "{}", mint(&secret, &what)).unwrap();
    }
}

/// The processor time of this process, in seconds; the load generator is another process.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .map(|field| field.parse().unwrap_or(0.0))
        .collect();
    // utime and stime, in hundredths.
    fields.get(11..13).map_or(0.0, |t| (t[0] + t[1]) / 100.0)
}

/// Requests a second, and microseconds of processor time for each; fails when an answer was not 200.
fn wrk(script: &Path, tokens: &Path, port: u16, path: &str, seconds: u32) -> (f64, f64) {
    let before = processor_seconds();
    let output = Command::new("wrk")
        .args(["-t1", "-c32", &format!("-d{seconds}s"), "-s"])
        .arg(script)
        .arg(format!("http://127.0.0.1:{port}"))
        .arg("--")
        .arg(tokens)
        .arg(path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("Non-2xx"), "{text}");
    let cpu = processor_seconds() - before;
    let number = |line: Option<&str>, at: usize| -> f64 {
        let words = line.expect("wrk tells it").split_whitespace();
        words.into_iter().nth(at).unwrap().parse().unwrap()
    };
    let rate = number(text.lines().find(|l| l.starts_with("Requests/sec:")), 1);
    let count = number(text.lines().find(|l| l.contains(" requests in ")), 0);
    (rate, 1e6 * cpu / count)
}
