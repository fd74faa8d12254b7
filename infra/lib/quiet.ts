// Imported before aws-cdk-lib, whose own code uses parts of it that it calls deprecated.
process.env["JSII_DEPRECATED"] ??= "quiet";
