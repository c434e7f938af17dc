//! What the document says beside the operations: its head, the token, and the errors that all share.

use utoipa::OpenApi as _;
use utoipa::PartialSchema as _;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder, Type,
};

use crate::http::error::{KINDS, Kind, PROBLEM_JSON, ProblemBody};

const SCHEME: &str = "token";

/// The document before the operations are in it.
pub(super) fn head() -> OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(
        info(
            title = "Due Notice",
            description = "Reports breaches, records facts, imports rosters, computes deadlines, \
                           writes and activates notices, and reads the evidence. Send a token: \
                           `Authorization: Bearer dnt_…`. Send an `Idempotency-Key` with each \
                           write; a repetition then gives the same answer and changes nothing. \
                           Times are RFC 3339 with an offset. A field that is not known is an error."
        ),
        components(schemas(ProblemBody)),
        tags(
            (name = "Dashboard", description = "What is owed next."),
            (name = "Incidents", description = "The cases, from first report to closure."),
            (name = "Facts", description = "When what happened. A correction is a new fact."),
            (name = "Exposures", description = "Which systems were open, and from when until when."),
            (name = "Questions", description = "What has to be known before one can say which rules apply."),
            (name = "Holds", description = "Intervals in which an authority asked not to notify."),
            (name = "Obligations", description = "What is owed to whom, by when, and why then."),
            (name = "Sources", description = "Lists of people, from which follows who is affected."),
            (name = "Roster", description = "Who is affected."),
            (name = "Recipes", description = "How the affected people follow from the sources."),
            (name = "People", description = "Whether a person is affected and why, and how many are what."),
            (name = "Notices", description = "What affected people are shown, and how far it got."),
            (name = "Evidence", description = "The log of all of it, and its check."),
            (name = "Sites", description = "Where notices are shown, and with which keys."),
            (name = "Playbooks", description = "The operator, the rules, the calendars."),
            (name = "Accounts", description = "Members of staff."),
            (name = "Tokens", description = "Access for programs.")
        )
    )]
    struct Head;
    let mut document = Head::openapi();
    document.info.license = None;
    document
}

/// Adds what every operation shares, so that no operation can forget it.
pub(super) fn complete(document: &mut OpenApi) {
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("dnt_…")
        .description(Some("A token for programs, made by an administrator."))
        .build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(SCHEME, SecurityScheme::Http(token));
    components
        .schemas
        .insert("ProblemBody".to_owned(), ProblemBody::schema());
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            share(path, method != "get", operation);
        }
    }
}

/// The operations of an address with their methods.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("put", &mut item.put),
        ("delete", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn share(path: &str, writes: bool, operation: &mut Operation) {
    operation.security = Some(vec![SecurityRequirement::new(
        SCHEME,
        std::iter::empty::<String>(),
    )]);
    let mut kinds = vec![
        Kind::Unauthenticated,
        Kind::Denied,
        Kind::Internal,
        Kind::Busy,
    ];
    if path.contains('{') {
        kinds.push(Kind::NotFound);
    }
    if writes {
        kinds.extend([Kind::Unreadable, Kind::Conflict, Kind::TooLarge]);
        let key = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(
                "1 to 128 visible ASCII characters. The same key with the same request gives the \
                 same answer and changes nothing; with another request it is a conflict.",
            ))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .build();
        operation
            .parameters
            .get_or_insert_default()
            .push(RefOr::T(key));
    }
    if operation.request_body.is_some() {
        kinds.push(Kind::MediaType);
    }
    let takes_anything = writes || operation.parameters.as_ref().is_some_and(|p| !p.is_empty());
    if takes_anything {
        kinds.push(Kind::Invalid);
    }
    for kind in kinds {
        let Some((_, word, status, title, when)) = KINDS.iter().find(|row| row.0 == kind) else {
            continue;
        };
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("ProblemBody")))
            .build();
        let response = ResponseBuilder::new()
            .description(format!("{title} ({word}): {when}"))
            .content(PROBLEM_JSON, content)
            .build();
        operation
            .responses
            .responses
            .entry(status.as_str().to_owned())
            .or_insert(RefOr::T(response));
    }
}
