//! A real browser, driven over WebDriver: Debian's chromium with its chromedriver, or whatever of the
//! two is on the path. One process each, ended with the test.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use url::{ParseError, Url};

use super::left_out;

/// Light or dark, as a page is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

/// A browser with one window.
pub struct Browser {
    /// Everything that WebDriver can do.
    pub client: Client,
    driver: Driver,
}

struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        // Told to end, it ends its browser too; killed, it would leave it behind.
        let pid = self.0.id().to_string();
        let _ = Command::new("kill").arg(&pid).status();
        for _ in 0..50 {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut all =
        std::env::split_paths(&path).flat_map(|dir| names.iter().map(move |n| dir.join(n)));
    all.find(|p| p.exists())
}

impl Browser {
    /// Starts one; none, with a line that says so, when there is none on this machine.
    pub async fn start() -> Option<Self> {
        let driver = program(&["chromedriver"]);
        let chromium = program(&["chromium", "chromium-browser", "google-chrome"]);
        let (Some(driver), Some(chromium)) = (driver, chromium) else {
            left_out(
                "every test in a browser",
                "chromium and chromedriver are not installed",
            );
            return None;
        };
        let mut child = Command::new(driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = child.stdout.take().unwrap();
        let driver = Driver(child);
        let port = tokio::task::spawn_blocking(|| port(BufReader::new(out)))
            .await
            .unwrap();
        let capabilities = json!({
            "goog:chromeOptions": { "binary": chromium, "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--hide-scrollbars", "--lang=en",
            ] },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let Value::Object(capabilities) = capabilities else {
            unreachable!()
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Some(Self { client, driver })
    }

    /// Ends it.
    pub async fn close(self) {
        self.client.close().await.unwrap();
        drop(self.driver);
    }

    /// Opens a page.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Runs a function's body in the page and gives what it returns; waits for a promise.
    pub async fn run(&self, script: &str) -> Value {
        self.run_with(script, vec![]).await
    }

    /// The same with `arguments`.
    pub async fn run_with(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap()
    }

    /// Waits up to ten seconds until the script returns something true, and gives it.
    pub async fn until(&self, script: &str) -> Value {
        let began = Instant::now();
        loop {
            let value = self.run(script).await;
            let no = matches!(value, Value::Null | Value::Bool(false)) || value == json!(0);
            if !no {
                return value;
            }
            assert!(
                began.elapsed() < Duration::from_secs(10),
                "never true: {script}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Makes the page so many CSS pixels wide and high, in this colour scheme.
    pub async fn look(&self, width: u32, height: u32, scheme: Scheme) {
        let screen =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", screen)
            .await;
        let scheme = if scheme == Scheme::Dark {
            "dark"
        } else {
            "light"
        };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    }

    /// Presses one key as a person does; names as in `KeyboardEvent.key`.
    pub async fn press(&self, key: &str) {
        let (key, code, number, text) = match key {
            "Tab" => ("Tab", "Tab", 9, ""),
            "Enter" => ("Enter", "Enter", 13, "\r"),
            "Escape" => ("Escape", "Escape", 27, ""),
            other => panic!("this key is not known here: {other}"),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event =
                json!({ "type": kind, "key": key, "code": code, "windowsVirtualKeyCode": number });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.devtools("Input.dispatchKeyEvent", event).await;
        }
    }

    /// Presses Tab until the script says that it is there.
    pub async fn tab_to(&self, there: &str) {
        for _ in 0..20 {
            if self.run(there).await == true {
                return;
            }
            self.press("Tab").await;
        }
        panic!("the keyboard never got there: {there}");
    }

    /// Sends a command of the DevTools protocol.
    pub async fn devtools(&self, method: &str, params: Value) -> Value {
        let body = json!({ "cmd": method, "params": params });
        self.command("goog/cdp/execute", body).await
    }

    /// What the browser complained about since this was last asked: errors, broken policies.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.command("se/log", json!({ "type": "browser" })).await;
        let lines = log.as_array().cloned().unwrap_or_default();
        let bad = lines.into_iter().filter(|line| line["level"] == "SEVERE");
        bad.map(|line| line["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Saves what is seen, the whole page, when `DUENOTICE_TEST_SHOTS` names a folder.
    pub async fn shot(&self, name: &str) {
        let Some(dir) = std::env::var_os("DUENOTICE_TEST_SHOTS") else {
            return;
        };
        let height = self
            .run("return document.documentElement.scrollHeight")
            .await;
        let width = self.run("return innerWidth").await;
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let params = json!({ "captureBeyondViewport": true, "clip": clip });
        let answer = self.devtools("Page.captureScreenshot", params).await;
        let data = answer["data"].as_str().unwrap();
        let png = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data).unwrap();
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(Path::new(&dir).join(format!("{name}.png")), png).unwrap();
    }

    /// What axe finds wrong with the page, as "rule: element"; none when axe is not installed, with a line
    /// that says so. `AXE_JS` names `axe.min.js` of the npm package `axe-core`.
    pub async fn axe(&self) -> Option<Vec<String>> {
        let Some(path) = std::env::var_os("AXE_JS").filter(|p| Path::new(p).exists()) else {
            left_out(
                "the accessibility check of pages",
                "AXE_JS names no axe.min.js",
            );
            return None;
        };
        let source = std::fs::read_to_string(path).unwrap();
        if self.run("return typeof axe").await == "undefined" {
            let source = format!("{source}; window.axe = axe;");
            self.run(&source).await;
        }
        let tags = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']";
        let script = format!(
            "return axe.run(document, {{ runOnly: {tags} }}).then(r => r.violations.flatMap(v =>
                v.nodes.map(n => v.id + ': ' + JSON.stringify(n.target) + ' ' + n.failureSummary)))"
        );
        let found = self.run(&script).await;
        let found = found.as_array().unwrap().iter();
        Some(found.map(|v| v.as_str().unwrap().to_owned()).collect())
    }

    async fn command(&self, path: &'static str, body: Value) -> Value {
        let body = body.to_string();
        self.client.issue_cmd(Raw { path, body }).await.unwrap()
    }
}

fn port(mut lines: BufReader<std::process::ChildStdout>) -> u16 {
    let mut line = String::new();
    while lines.read_line(&mut line).unwrap() > 0 {
        if let Some((_, port)) = line.split_once("successfully on port ") {
            let port = port.trim().trim_end_matches('.').parse().unwrap();
            // Read on, so that it never writes into a closed pipe.
            std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
            return port;
        }
        line.clear();
    }
    panic!("chromedriver did not start");
}

/// A command that WebDriver itself does not have.
#[derive(Debug)]
struct Raw {
    path: &'static str,
    body: String,
}

impl WebDriverCompatibleCommand for Raw {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.clone()))
    }
}
