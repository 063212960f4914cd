import createClient from 'openapi-fetch';

import type { components, paths } from './schema';

type Schemas = components['schemas'];
export type Account = Schemas['Account'];
export type Area = Schemas['Area'];
export type AuditAction = Schemas['AuditAction'];
export type AuditEntry = Schemas['AuditEntry'];
export type Card = Schemas['Card'];
export type Certificate = Schemas['Certificate'];
export type CardDetail = Schemas['CardDetail'];
export type CardStatus = Schemas['CardStatus'];
export type Department = Schemas['Department'];
export type Device = Schemas['Device'];
export type DeviceReader = Schemas['DeviceReaders']['lines'][number]['readers'][number];
export type DeviceSearch = Schemas['DeviceSearch'];
export type Door = Schemas['Door'];
export type DoorReader = Schemas['DoorReader'];
export type DoorRules = Schemas['DoorRules'];
export type DoorCommandWord = Schemas['DoorCommandWord'];
export type Event = Schemas['Event'];
export type EventExport = Schemas['EventExport'];
export type EventKind = Schemas['EventKind'];
export type FoundDevice = Schemas['FoundDevice'];
export type WaitingDevice = Schemas['WaitingDevice'];
export type FloorPlan = Schemas['FloorPlan'];
export type FormerPerson = Schemas['FormerPerson'];
export type HeldCard = Schemas['HeldCard'];
export type Histogram = Schemas['EventHistogram'];
export type Holiday = Schemas['Holiday'];
export type ImportRow = Schemas['ImportRow'];
export type Interlock = Schemas['Interlock'];
export type IssueOfDevice = Schemas['IssueOfDevice'];
export type IssueState = Schemas['IssueState'];
export type KeypadPerson = Schemas['KeypadPerson'];
export type KeypadPersonDecision = Schemas['KeypadPersonDecision'];
export type Language = Schemas['Language'];
export type LiveMessage = Schemas['LiveMessage'];
export type LockoutKind = Schemas['LockoutKind'];
export type Me = Schemas['Me'];
export type Mailbox = Schemas['Mailbox'];
export type MailBegins = Schemas['MailBegins'];
export type MailServer = Schemas['MailServer'];
export type Mqtt = Schemas['Mqtt'];
export type Network = Schemas['Network'];
export type OutletState = Schemas['OutletState'];
export type OutletTest = Schemas['OutletTest'];
export type OutsideProblem = Schemas['OutsideProblem'];
export type OutletTls = Schemas['OutletTls'];
export type PassbackArea = Schemas['PassbackArea'];
export type PeopleImport = Schemas['PeopleImport'];
export type Period = Schemas['Period'];
export type PermissionGroup = Schemas['PermissionGroup'];
export type Person = Schemas['Person'];
export type PrivacyNotice = Schemas['PrivacyNotice'];
export type PersonField = Schemas['PersonField'];
export type PublicPassword = Schemas['PublicPassword'];
export type Reason = Schemas['Reason'];
export type Retention = Schemas['Retention'];
export type RightLevel = Schemas['RightLevel'];
export type Rights = Schemas['Rights'];
export type Role = Schemas['Role'];
export type RulePerson = Schemas['RulePerson'];
export type SecondFactorBegun = Schemas['SecondFactorBegun'];
export type Settings = Schemas['Settings'];
export type SignInRules = Schemas['SignInRules'];
export type Syslog = Schemas['Syslog'];
export type TimeTemplate = Schemas['TimeTemplate'];
export type Token = Schemas['Token'];
export type UnlockMode = Schemas['UnlockMode'];
export type Verification = Schemas['Verification'];
export type Webhook = Schemas['Webhook'];
export type WebhookDelivery = Schemas['WebhookDelivery'];

/** Every call of the contract, typed by it. */
export const api = createClient<paths>({
  baseUrl: '/api/v1',
  credentials: 'same-origin',
  querySerializer: { array: { style: 'form', explode: false } },
});
