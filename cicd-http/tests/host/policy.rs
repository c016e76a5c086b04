//! Who may do what by the operator's own files.

use serde_json::json;

use crate::support::Data;

#[test]
fn the_operator_s_policy_stands_for_the_default_roles() {
    let data = Data::new();
    let policy = data.file(
        "policy.csv",
        "p, admin, *, *, token.manage\np, admin, *, *, role.manage\np, registrar, *, *, service.put\ng, registrar, viewer\n",
    );
    let host = data.serve(&["--authz-policy", &policy]);
    let admin = data.admin_token();
    let draft = json!({ "principal": "rita", "roles": ["registrar"] });
    let token = host.write("POST", "/api/v1/tokens", &admin, &draft);
    let token = token["token"].as_str().unwrap();
    let shop = json!({ "name": "Shop", "description": "" });
    host.write("PUT", "/api/v1/services/shop", token, &shop);
    let (status, problem) = host.get("/api/v1/services", Some(&admin));
    assert_eq!((status, &problem["type"]), (403, &json!("/problems/denied")), "{problem}");
}
