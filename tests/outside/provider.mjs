// An OpenID provider on loopback, oidc-provider as it comes, with a few people: provider.mjs PORT CLIENT SECRET REDIRECT_URI
//
// Whoever signs in there is who they say they are, by any password. Addresses are told by the userinfo endpoint alone, as the
// provider does it unless it is told otherwise.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const module = createRequire(`${process.env.OUTSIDE_NODE}/`).resolve('oidc-provider');
const { default: Provider } = await import(pathToFileURL(module));

const people = {
  ada: { email: 'ada@people.example', email_verified: true, name: 'Ada L.', preferred_username: 'Ada.Lovelace' },
  bob: { email: 'bob@people.example', email_verified: true, name: 'Bob' },
  unproven: { email: 'victim@people.example', email_verified: false, name: 'Mallory' },
  squatted: { email: 'squatted@people.example', email_verified: true, name: 'Grace' },
  private: { email: 'private@elsewhere.example', email_verified: false, name: 'Bob in private' },
};
const [port, client, secret, redirect] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const common = { grant_types: ['authorization_code'], response_types: ['code'], redirect_uris: [redirect] };
const provider = new Provider(issuer, {
  clients: [{ ...common, client_id: client, client_secret: secret }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
  pkce: { required: () => true, methods: ['S256'] },
  cookies: { keys: ['only for tests'] },
  findAccount: (context, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
});
provider.listen(Number(port), '127.0.0.1', () => console.log(`listening at ${issuer}`));
