"""Short intrinsics in infra/ mean what they mean in CloudFormation, and tables can be made from the same lines."""

from pathlib import Path

from dev.templates import load_template, table_environment, table_names, table_specs

SMALL = """
Parameters: {Stage: {Type: String}}
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub "wallet-${Stage}-${AWS::Region}"
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
      SSESpecification: {KMSMasterKeyId: !GetAtt Key.Arn}
      DeletionProtectionEnabled: !If [Guarded, true, false]
  Queue: {Type: AWS::SQS::Queue}
"""


def test_short_intrinsics_are_written_out(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    properties = load_template(tmp_path / "small.yaml")["Resources"]["Table"]["Properties"]
    assert properties["TableName"] == {"Fn::Sub": "wallet-${Stage}-${AWS::Region}"}
    assert properties["SSESpecification"] == {"KMSMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}
    assert properties["DeletionProtectionEnabled"] == {"Fn::If": ["Guarded", True, False]}


def test_a_table_becomes_the_arguments_of_create_table(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    assert table_specs(tmp_path / "small.yaml", stage="test") == [
        {
            "TableName": "wallet-test-${AWS::Region}",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        }
    ]


def test_each_variable_names_the_table_that_the_functions_are_given() -> None:
    assert table_environment("local") == {
        f"WALLET_TABLE_{name.removesuffix('Table').upper()}": table
        for name, table in table_names(stage="local").items()
    }
